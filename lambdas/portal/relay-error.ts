import { SallyportError } from '../shared/errors.ts';
import { count, type RelayErrorCause } from '../shared/metrics.ts';
import { RpcError } from './json-rpc.ts';
import { NotRouted } from './routing.ts';
import { CallerGone } from './time-limits.ts';
import { type FailureReason, UpstreamFailure } from './upstream/failure.ts';

const UPSTREAM_CAUSES: Partial<Record<FailureReason, RelayErrorCause>> = {
  unreachable: 'upstream-unreachable',
  closed: 'upstream-unreachable',
  timeout: 'upstream-timeout',
};

/** Why a call failed, as operators count it; undefined for what is an answer: refusals, and requests that are wrong. */
export function relayErrorCause(thrown: unknown): RelayErrorCause | undefined {
  if (thrown instanceof UpstreamFailure) return UPSTREAM_CAUSES[thrown.reason] ?? 'upstream-error';
  if (thrown instanceof SallyportError) {
    if (thrown.status < 500) return undefined;
    return thrown.code === 'snapshot_unavailable' ? 'policy-unavailable' : 'internal';
  }
  const answered = thrown instanceof RpcError || thrown instanceof NotRouted || thrown instanceof CallerGone;
  return answered ? undefined : 'internal';
}

/** Counts a call that failed, unless that is an answer. */
export function countRelayError(thrown: unknown): void {
  const cause = relayErrorCause(thrown);
  if (cause) count('RelayError', { cause });
}
