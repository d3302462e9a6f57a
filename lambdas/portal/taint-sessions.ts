import { addTaints } from '../access/evidence/taints.ts';
import type { Subject } from '../policy/decision.ts';
import type { SnapshotServer } from '../policy/snapshot.ts';
import { dataLabel } from '../shared/documents/labels.ts';
import { logger } from '../shared/logger.ts';
import type { Table } from '../shared/table.ts';
import { code, RpcError } from './json-rpc.ts';

const MOST_KNOWN = 10_000;

/** Notes, before a server is asked, what its answer leaves in the session. */
export type TaintSession = (subject: Subject, server: Pick<SnapshotServer, 'labels'>) => Promise<void>;

/**
 * Each session is noted once for each label, as far as this process knows; a service token each time, since its note
 * lasts a day from its last such read.
 * @throws RpcError when it cannot be noted: the server is not asked then.
 */
export function createTainting(identity: Table): TaintSession {
  const known = new Set<string>();
  return async (subject, { labels }) => {
    const session = subject.serviceToken === undefined ? subject.session : undefined;
    const left = dataLabel.options.filter(
      (label) => labels.includes(label) && !known.has(`${session} ${label}`),
    );
    if (left.length === 0) return;
    try {
      await addTaints(identity, subject, left);
    } catch (error) {
      logger.error('read not noted', { error: error instanceof Error ? error : String(error) });
      const message = 'The call was not made: what it would read could not be noted. Try again later.';
      throw new RpcError(code.internalError, message, { status: 503 });
    }
    if (session === undefined) return;
    if (known.size > MOST_KNOWN) known.clear();
    for (const label of left) known.add(`${session} ${label}`);
  };
}
