import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import * as z from 'zod';
import type { Key, Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

/** Public keys of what the portal says to others; the signing keys of tokens are elsewhere and sign nothing of this. */
export const ASSERTION_KEYS_PATH = '/.well-known/sallyport-assertion-keys';
export const ASSERTION_ALGORITHM = 'ES256';

const PUBLIC = 'AssertionKeys';
const SECRET: Key = { pk: 'assertion-key#current', sk: 'current' };
const ROTATED_SECONDS = 90 * 86_400;
/** A public key is told this long after its last use; an assertion lives for a minute. */
const TOLD_SECONDS = ROTATED_SECONDS + 2 * 86_400;

const ec = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });
const secretItem = z.object({ key: ec.extend({ d: z.string(), kid: z.string() }), createdAt: z.number() });
const publicItem = z.object({ key: ec.extend({ kid: z.string() }), ttl: z.number() });

/** A key to sign with, and its name among the public ones. */
export interface AssertionKey {
  kid: string;
  key: Awaited<ReturnType<typeof importJWK>>;
}

interface Stored {
  key: z.output<typeof secretItem>['key'];
  createdAt: number;
}

async function stored(vault: Table): Promise<Stored | undefined> {
  return secretItem.safeParse(await vault.get(SECRET)).data;
}

async function newKey(): Promise<Stored> {
  const pair = await generateKeyPair(ASSERTION_ALGORITHM, { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return secretItem.parse({ key: { ...jwk, kid }, createdAt: nowSeconds() });
}

/** Publishes the new key before anything is signed with it; of two processes that make one at once one wins. */
async function rotate(vault: Table, identity: Table, old: Stored | undefined): Promise<Stored> {
  const made = await newKey();
  const { d: _, ...key } = made.key;
  await identity.put({ pk: PUBLIC, sk: key.kid, key, ttl: made.createdAt + TOLD_SECONDS });
  const condition = old
    ? { expression: 'createdAt = :old', values: { ':old': old.createdAt } }
    : { expression: 'attribute_not_exists(pk)' };
  if (await vault.put({ ...SECRET, ...made }, condition)) return made;
  const winner = await stored(vault);
  if (!winner) throw new Error('The key for assertions is gone.');
  return winner;
}

/** The key in force, made when there is none yet and anew after 90 days; looked up again after an hour. */
export function assertionKeys(vault: Table, identity: Table): () => Promise<AssertionKey> {
  let kept: { until: number; key: Promise<AssertionKey> } | undefined;
  const load = async (): Promise<AssertionKey> => {
    const found = await stored(vault);
    const isOld = !found || found.createdAt + ROTATED_SECONDS <= nowSeconds();
    const { key } = isOld ? await rotate(vault, identity, found) : found;
    return { kid: key.kid, key: await importJWK(key, ASSERTION_ALGORITHM) };
  };
  return () => {
    if (!kept || kept.until <= nowSeconds()) {
      const key = load();
      kept = { until: nowSeconds() + 3_600, key };
      key.catch(() => {
        if (kept?.key === key) kept = undefined;
      });
    }
    return kept.key;
  };
}

/** The public keys, as a JSON Web Key Set (RFC 7517). */
export async function publicAssertionKeys(identity: Table): Promise<{ keys: JWK[] }> {
  const { items } = await identity.query({ partition: { value: PUBLIC } });
  const keys = items.flatMap((item) => {
    const { data } = publicItem.safeParse(item);
    return data && data.ttl > nowSeconds() ? [{ ...data.key, use: 'sig', alg: ASSERTION_ALGORITHM }] : [];
  });
  return { keys };
}
