import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import * as z from 'zod';
import { type Generation, newGeneration } from '../../lambdas/access/keys/key-ring.ts';
import { tableOf } from '../e2e/administrator.ts';
import { Connection, readTokens } from '../e2e/connection.ts';
import { keyRingOf } from '../e2e/signing-key.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

/** Puts the ring into the state of a deployment whose key has signed for 40 days and whose next one is known. */
async function ageKeys(now: number): Promise<Generation> {
  const store = keyRingOf(cloud);
  const stored = await store.read();
  if (!stored) throw new Error('The deployment has no key ring yet.');
  const made = now - 40 * DAY;
  const aged = stored.ring.generations.map((old) => ({ ...old, createdAt: made, signingSince: made }));
  const next: Generation = { ...(await newGeneration(now - 2 * HOUR)), publishedAt: now - 2 * HOUR };
  const ring = { ...stored.ring, generations: [...aged, next] };
  expect(await store.replace(stored.version, ring)).toBe(true);
  await store.publish({ version: stored.version + 1, ring });
  return next;
}

/** False until the first tick has created the work. */
const makeRotationDue = () =>
  tableOf(cloud, 'Policies').update(
    { pk: 'Work#rotate-signing-key', sk: 'current' },
    { expression: 'SET dueAt = :now', values: { ':now': new Date().toISOString() } },
    'attribute_exists(pk)',
  );

async function publishedKeys(): Promise<string[]> {
  const answer: unknown = await (await fetch(`${cloud.origin}/oauth/jwks`)).json();
  return z
    .object({ keys: z.array(z.object({ kid: z.string() })) })
    .parse(answer)
    .keys.map(({ kid }) => kid);
}

const call = (token: string) =>
  fetch(cloud.mcpUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  });

it('a key that is due is replaced by the dispatcher, its queue and its function, and nobody notices', async () => {
  const client = await Connection.register(cloud.origin);
  let tokens = await client.signIn('alice');
  const first = tokens.access_token;
  const { kid: oldKey } = decodeProtectedHeader(first);
  const { kid: newKey } = await ageKeys(Math.floor(Date.now() / 1000));
  while (!(await makeRotationDue())) await sleep(200);
  while (decodeProtectedHeader(tokens.access_token).kid !== newKey) {
    await sleep(2_000);
    tokens = await readTokens(await client.refresh(tokens.refresh_token));
    expect((await call(tokens.access_token)).status).toBe(200);
    expect((await call(first)).status).toBe(200);
  }
  expect(await publishedKeys()).toEqual(expect.arrayContaining([newKey, oldKey]));
});
