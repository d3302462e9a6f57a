import { SallyportError } from '../shared/errors.ts';
import { logger } from '../shared/logger.ts';
import { code, RpcError } from './json-rpc.ts';
import { UpstreamFailure } from './upstream/failure.ts';

/** A caller that closed its stream: its request is cancelled (2026-07-28, cancellation). */
export class CallerGone extends Error {}

/** The session ended, or a policy changed, while the request was on its way. */
export class AccessEnded extends RpcError {}

/** What is told to a person whose session or portal could not be judged again, or no longer lets them. */
export function accessEnded(error: unknown): AccessEnded {
  if (error instanceof RpcError) return new AccessEnded(error.code, error.message, { status: error.status });
  if (error instanceof SallyportError && error.status === 401)
    return new AccessEnded(code.sessionEnded, error.message, { status: 401 });
  logger.error('access not judged again', { error: error instanceof Error ? error : String(error) });
  return new AccessEnded(code.notConfigured, 'Your access could not be checked again. Try again later.', {
    status: 503,
  });
}

/**
 * Ends a request that takes too long, whose caller has left, or whose person may no longer use the portal.
 * `stillAllowed`, asked every `watchMs`, throws when that is so.
 */
export class TimeLimits {
  readonly #controller = new AbortController();
  readonly #limit: NodeJS.Timeout;
  readonly #watch: NodeJS.Timeout;

  constructor(milliseconds: number, watchMs: number, stillAllowed: () => Promise<void>) {
    this.#limit = setTimeout(() => this.#controller.abort(new UpstreamFailure('timeout')), milliseconds);
    this.#watch = setInterval(() => {
      stillAllowed().catch((error: unknown) => this.#controller.abort(accessEnded(error)));
    }, watchMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  callerGone(): void {
    this.#controller.abort(new CallerGone('the caller closed its stream'));
  }

  clear(): void {
    clearTimeout(this.#limit);
    clearInterval(this.#watch);
  }
}
