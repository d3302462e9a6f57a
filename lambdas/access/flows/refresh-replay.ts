import { createHash, hkdfSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { Key, Table } from '../../shared/table.ts';
import { itemKey } from '../item-key.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import { signInBehind } from '../sessions/standing-grant.ts';

/** Long enough for the winner to write its answer, well within a client's patience. */
const WAITS_MS = [25, 50, 100, 200, 400, 800, 1_000];

/** What makes two refreshes the same request. */
export interface RefreshRequest {
  token: string;
  client: string;
  scope: string | null;
  resources: readonly string[];
  /** The thumbprint of the key that the request proved to have (RFC 9449). */
  jkt: string | undefined;
}

/**
 * Clients refresh in parallel (several processes share one stored token) and lose answers on the way. For a few
 * seconds the same request therefore gets the same answer again: the chain does not fork, nobody is signed out,
 * and a used token that shows up later still counts as stolen. The stored answer can be opened only with the
 * refresh token that it answers.
 */
export class RefreshReplay {
  readonly #identity: Table;

  constructor(identity: Table) {
    this.#identity = identity;
  }

  async keep(request: RefreshRequest, answer: string): Promise<void> {
    const sealed = await new CompactEncrypt(Buffer.from(answer))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(sealingKey(request));
    await this.#identity.put({ ...keyOf(request), sealed, ttl: nowSeconds() + LIFETIME.reuseGrace });
  }

  /** The winner's answer to this very request, waited for briefly; undefined when there is none. */
  async recall(request: RefreshRequest): Promise<string | undefined> {
    for (const wait of [0, ...WAITS_MS]) {
      await pause(wait);
      const item = await this.#identity.get(keyOf(request));
      if (typeof item?.sealed !== 'string' || typeof item.ttl !== 'number') continue;
      if (item.ttl <= nowSeconds()) return undefined;
      return (await this.#mayStillRefresh(request.token))
        ? open(item.sealed, sealingKey(request))
        : undefined;
    }
    return undefined;
  }

  /** A revocation holds at once: an answer from before it is not given again. */
  async #mayStillRefresh(token: string): Promise<boolean> {
    const used = await this.#identity.get(itemKey('RefreshToken', token));
    if (typeof used?.grantId !== 'string') return false;
    const grant = await this.#identity.get(itemKey('Grant', used.grantId));
    return grant !== undefined && (await signInBehind(this.#identity, grant)) !== undefined;
  }
}

async function open(sealed: string, key: Uint8Array): Promise<string | undefined> {
  try {
    const { plaintext } = await compactDecrypt(sealed, key);
    return Buffer.from(plaintext).toString('utf8');
  } catch {
    return undefined;
  }
}

const keyOf = ({ token }: RefreshRequest): Key => ({
  pk: `RefreshReplay#${createHash('sha256').update(`replay\0${token}`).digest('base64url')}`,
  sk: 'current',
});

/** Another client, scope, resource or proven key makes another key, so only the same request opens the answer. */
function sealingKey({ token, client, scope, resources, jkt }: RefreshRequest): Uint8Array {
  const request = JSON.stringify([client, scope, resources, jkt]);
  return new Uint8Array(hkdfSync('sha256', token, request, 'sallyport refresh replay', 32));
}
