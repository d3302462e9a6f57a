import { hash } from 'node:crypto';
import type { HolderToken } from '../sessions/holder.ts';

const KEPT_MS = 60_000;
const KEPT_MOST = 5_000;

export interface VerifiedToken {
  token: HolderToken;
  /** The key that signed it; whoever uses the token again asks first whether it is still published. */
  kid: string;
}

/** Tokens that were verified a moment ago, known by their hash: a client sends the same one with every call. */
export class VerifiedTokens {
  readonly #toleranceSeconds: number;
  readonly #kept = new Map<string, VerifiedToken & { until: number }>();

  constructor(toleranceSeconds: number) {
    this.#toleranceSeconds = toleranceSeconds;
  }

  /** Undefined for a token that has to be verified, also because it has expired since. */
  find(raw: string): VerifiedToken | undefined {
    const found = this.#kept.get(hash('sha256', raw));
    return found && Date.now() < found.until ? found : undefined;
  }

  add(raw: string, { token, kid }: VerifiedToken): void {
    if (this.#kept.size >= KEPT_MOST) this.#kept.clear();
    const now = Date.now();
    const until = Math.min(now + KEPT_MS, (token.expiresAt + this.#toleranceSeconds) * 1000);
    this.#kept.set(hash('sha256', raw), { until, token, kid });
  }
}
