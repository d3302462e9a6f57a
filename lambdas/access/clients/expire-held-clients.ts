import type { AuditWriter } from '../../audit/record.ts';
import type { Table } from '../../shared/table.ts';
import { forgetHeld, overdueReviews } from './held-clients.ts';

/**
 * Records and forgets the held clients that nobody decided about in time. May run twice at once: each end is
 * recorded at least once, and a decision that comes in between stands.
 * @returns how many were forgotten.
 */
export async function expireHeldClients({
  identity,
  audit,
}: {
  identity: Table;
  audit: AuditWriter;
}): Promise<number> {
  let forgotten = 0;
  for (const review of await overdueReviews(identity)) {
    await audit.authentication({
      activity: 'client-held',
      status: 'failure',
      reason: `Nobody decided about this application of ${review.hosts.join(', ')} in time.`,
      actor: { client: { id: review.client, ...(review.name ? { name: review.name } : {}) } },
    });
    if (await forgetHeld(identity, review)) forgotten += 1;
  }
  return forgotten;
}
