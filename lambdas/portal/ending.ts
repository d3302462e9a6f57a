import type { OutcomeStatus } from '../audit/record.ts';
import { legacyError } from './eras/legacy.ts';
import type { PortalRequest } from './eras/portal-request.ts';
import type { ExchangeRecord } from './exchange-record.ts';
import type { JsonObject } from './json.ts';
import { code, RpcError } from './json-rpc.ts';
import { NotRouted } from './routing.ts';
import { AccessEnded, CallerGone } from './time-limits.ts';
import { failureError, mayHaveHappened, UpstreamFailure } from './upstream/failure.ts';

/** How a request that failed ends: for the caller, and for the audit. */
export interface FailedEnding {
  error: RpcError;
  status: OutcomeStatus;
}

/**
 * Judges a failure; undefined for one that nobody expected. `title` is that of the server that was asked.
 * A state-changing call whose answer is lost has an unknown outcome; one that was cut off is cancelled.
 */
export function endingOf(
  thrown: unknown,
  request: PortalRequest,
  record: ExchangeRecord,
  title: string,
): FailedEnding | undefined {
  const shown = (error: RpcError) => (request.era === 'legacy' ? legacyError(request.method, error) : error);
  if (thrown instanceof NotRouted)
    return { error: shown(thrown.error), status: thrown.refused ? 'denied' : 'error' };
  if (thrown instanceof UpstreamFailure) {
    const unknown = record.intended && mayHaveHappened(thrown);
    return { error: failureError(thrown, title), status: unknown ? 'unknown' : 'error' };
  }
  if (thrown instanceof CallerGone)
    return { error: new RpcError(code.internalError, 'The caller closed its stream.'), status: 'cancelled' };
  if (thrown instanceof AccessEnded) return { error: thrown, status: 'cancelled' };
  if (thrown instanceof RpcError)
    return { error: shown(thrown), status: thrown.code === code.denied ? 'denied' : 'error' };
  return undefined;
}

export const statusOfResult = ({ isError }: JsonObject): OutcomeStatus =>
  isError === true ? 'tool-error' : 'success';
