import type { MethodView, ThrottleView } from './rest-api.ts';

interface Bucket {
  tokens: number;
  /** Milliseconds, monotonic. */
  at: number;
}

/** The token buckets of a REST API's methods. */
export class Throttle {
  readonly #buckets = new Map<MethodView, Bucket>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Takes a token of the method's bucket; false when it is empty. */
  admit(method: MethodView): boolean {
    const { rate, burst }: ThrottleView = method.throttle;
    const now = this.#now();
    const { tokens, at } = this.#buckets.get(method) ?? { tokens: burst, at: now };
    const filled = Math.min(burst, tokens + ((now - at) / 1000) * rate);
    const admitted = filled >= 1;
    this.#buckets.set(method, { tokens: admitted ? filled - 1 : filled, at: now });
    return admitted;
  }
}
