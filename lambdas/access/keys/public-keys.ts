import { JwtWithoutValidKidError, KidNotFoundInJwksError } from 'aws-jwt-verify/error';
import type { Jwks, JwksCache, JwkWithKid } from 'aws-jwt-verify/jwk';
import * as z from 'zod';
import type { Table } from '../../shared/table.ts';

/** Where the provider publishes its public keys for the functions that verify tokens. */
export const JWKS_KEY = { pk: 'Jwks#current', sk: 'current' } as const;

/** An unknown key id makes us look again, but a flood of forged ones at most this often. */
const REREAD_MS = 2_000;
/** A key that was withdrawn is trusted for this long at most. */
const KEPT_MS = 30_000;

const publishedKeys = z.object({
  keys: z.array(z.looseObject({ kty: z.literal('RSA'), kid: z.string(), n: z.string(), e: z.string() })),
});

type KeyHolder = Parameters<JwksCache['getCachedJwk']>[1];

function keyId(token: KeyHolder): string {
  if (typeof token.header.kid !== 'string') throw new JwtWithoutValidKidError('The token names no key.');
  return token.header.kid;
}

/** The provider's public keys, read from its identity item and kept in memory for 30 seconds. */
export class PublicKeys implements JwksCache {
  readonly #identity: Table;
  readonly #clock: () => number;
  #keys = new Map<string, JwkWithKid>();
  #reading: Promise<void> | undefined;
  #readAt = Number.NEGATIVE_INFINITY;

  /** @param clock the wall clock in ms: a monotonic one may stand still while the environment is frozen. */
  constructor(identity: Table, clock: () => number = Date.now) {
    this.#identity = identity;
    this.#clock = clock;
  }

  /** No I/O for a key that was read a moment ago. */
  async getJwk(_uri: string, token: KeyHolder): Promise<JwkWithKid> {
    await this.isPublished(keyId(token));
    return this.getCachedJwk(_uri, token);
  }

  /** Whether the provider stands by this key: a withdrawn one is gone within 30 seconds. */
  async isPublished(kid: string): Promise<boolean> {
    const age = this.#clock() - this.#readAt;
    // A negative age is a clock that was set back: it says nothing.
    const old = age < 0 || age >= (this.#keys.has(kid) ? KEPT_MS : REREAD_MS);
    if (old || this.#reading) {
      this.#reading ??= this.#read().finally(() => {
        this.#reading = undefined;
      });
      await this.#reading;
    }
    return this.#keys.has(kid);
  }

  getCachedJwk(_uri: string, token: KeyHolder): JwkWithKid {
    const key = this.#keys.get(keyId(token));
    if (!key) throw new KidNotFoundInJwksError('The token was signed with a key that is not ours.');
    return key;
  }

  addJwks(_uri: string, jwks: Jwks): void {
    for (const key of jwks.keys) if (key.kid) this.#keys.set(key.kid, { ...key, kid: key.kid });
  }

  async getJwks(_uri: string): Promise<Jwks> {
    await this.#read();
    return { keys: [...this.#keys.values()] };
  }

  /** A read that failed does not count: the next token tries again. An item that is not there yet does. */
  async #read(): Promise<void> {
    const startedAt = this.#clock();
    const item = await this.#identity.get(JWKS_KEY);
    this.#readAt = startedAt;
    if (!item) return;
    const { keys } = publishedKeys.parse(item);
    this.#keys = new Map(
      keys.map(({ kty, kid, n, e }) => [kid, { kty, kid, n, e, use: 'sig', alg: 'RS256' }]),
    );
  }
}
