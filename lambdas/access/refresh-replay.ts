import { createHash, hkdfSync } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CompactEncrypt, compactDecrypt } from 'jose';
import type { Key, Table } from '../shared/table.ts';
import { LIFETIME, nowSeconds } from './lifetimes.ts';

/** Long enough for the winner to write its answer, well within a client's patience. */
const WAITS_MS = [25, 50, 100, 200, 400, 800, 1_000];

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

  async keep(form: URLSearchParams, client: string, answer: string): Promise<void> {
    const token = form.get('refresh_token');
    if (!token) return;
    const sealed = await new CompactEncrypt(Buffer.from(answer))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(sealingKey(token, form, client));
    await this.#identity.put({ ...keyOf(token), sealed, ttl: nowSeconds() + LIFETIME.reuseGrace });
  }

  /** The winner's answer to this very request, waited for briefly; undefined when there is none. */
  async recall(form: URLSearchParams, client: string): Promise<string | undefined> {
    const token = form.get('refresh_token');
    if (!token) return undefined;
    for (const wait of [0, ...WAITS_MS]) {
      await pause(wait);
      const item = await this.#identity.get(keyOf(token));
      if (typeof item?.sealed !== 'string' || typeof item.ttl !== 'number') continue;
      if (item.ttl <= nowSeconds()) return undefined;
      return open(item.sealed, sealingKey(token, form, client));
    }
    return undefined;
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

const keyOf = (token: string): Key => ({
  pk: `RefreshReplay#${createHash('sha256').update(`replay\0${token}`).digest('base64url')}`,
  sk: 'current',
});

/** Another client, scope or resource makes another key, so only the same request opens the answer. */
function sealingKey(token: string, form: URLSearchParams, client: string): Uint8Array {
  const request = JSON.stringify([client, form.get('scope'), form.getAll('resource')]);
  return new Uint8Array(hkdfSync('sha256', token, request, 'sallyport refresh replay', 32));
}
