import { randomUUID } from 'node:crypto';
import type { Change } from '../audit/record.ts';
import { SallyportError } from '../shared/errors.ts';
import { logger } from '../shared/logger.ts';
import type { Acting, AdminApi } from './route.ts';

export type IntendedChange = Pick<Change, 'activity' | 'document' | 'before' | 'after'>;

const failureOf = (error: unknown): string =>
  error instanceof SallyportError ? error.message : 'internal error';

/**
 * Makes changes with an intent recorded before and an outcome after, joined by an exchange id for each.
 * Nothing is changed whose intent cannot be recorded; an outcome that cannot leaves an intent to be swept up.
 * @throws what `act` throws, and SallyportError `audit_unavailable` 503.
 */
export async function recordChanges<Result>(
  api: AdminApi,
  call: Acting,
  changes: readonly IntendedChange[],
  act: () => Promise<Result>,
): Promise<Result> {
  const { actor } = call.caller;
  const recorded = changes.map((change) => ({ ...change, actor, exchange: randomUUID() }));
  const record = (status: Change['status'], reason?: string) =>
    Promise.all(
      recorded.map((change) => api.audit.change({ ...change, status, ...(reason ? { reason } : {}) })),
    );
  await record('intent');
  let result: Result;
  try {
    result = await act();
  } catch (error) {
    await record('failure', failureOf(error)).catch((failure: unknown) => {
      logger.error('failed change not recorded', {
        error: failure instanceof Error ? failure : String(failure),
      });
    });
    throw error;
  }
  await record('success');
  return result;
}
