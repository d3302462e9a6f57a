import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Key, Table } from '../../shared/table.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import type { SignInProof } from './identity-provider.ts';

const pendingSchema = z.object({
  interaction: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  browser: z.string(),
  ttl: z.number(),
});

/** A sign-in that went to the identity provider and has not come back. */
export type PendingSignIn = z.output<typeof pendingSchema>;

const hash = (text: string): string => createHash('sha256').update(text).digest('base64url');
const keyOf = (state: string): Key => ({ pk: `SignIn#${hash(state)}`, sk: 'current' });

export const newBrowserSecret = (): string => randomBytes(32).toString('base64url');

/** Keeps what the callback must prove: a known state, once, in time, in the browser that started it. */
export class SignInStore {
  readonly #identity: Table;

  constructor(identity: Table) {
    this.#identity = identity;
  }

  async start(proof: SignInProof, interaction: string, browserSecret: string): Promise<void> {
    await this.#identity.putNew({
      ...keyOf(proof.state),
      interaction,
      nonce: proof.nonce,
      verifier: proof.verifier,
      browser: hash(browserSecret),
      ttl: nowSeconds() + LIFETIME.signIn,
    });
  }

  async find(state: string): Promise<PendingSignIn | undefined> {
    const item = await this.#identity.get(keyOf(state));
    const pending = item && pendingSchema.parse(item);
    return pending && pending.ttl > nowSeconds() ? pending : undefined;
  }

  /** True once: of parallel callbacks with one state exactly one goes on. */
  async use(state: string): Promise<boolean> {
    return this.#identity.delete(keyOf(state), { expression: 'attribute_exists(pk)' });
  }
}

/** True in the browser that the sign-in was started in. */
export function isSameBrowser(pending: PendingSignIn, browserSecret: string | undefined): boolean {
  if (!browserSecret) return false;
  const [expected, given] = [Buffer.from(pending.browser), Buffer.from(hash(browserSecret))];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
