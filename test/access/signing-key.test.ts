import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type KeyRingOptions, KeyRingStore } from '../../lambdas/access/keys/key-ring-store.ts';
import { JWKS_KEY } from '../../lambdas/access/keys/public-keys.ts';
import { rotateSigningKey } from '../../lambdas/access/keys/rotate-signing-key.ts';
import { loadSecrets } from '../../lambdas/access/keys/signing-key.ts';
import type { Authentication } from '../../lambdas/audit/record.ts';
import { type Key, Table } from '../../lambdas/shared/table.ts';
import { startTestServices, startTestStore, type TestServices, type TestStore } from '../fixtures/store.ts';

const VAULT_KEY = { pk: 'signing-key', sk: 'current' };
const HOUR = 60 * 60;
const DAY = 24 * HOUR;

let store: TestStore;
let services: TestServices;
let options: KeyRingOptions;
let keyRing: KeyRingStore;
const records: Authentication[] = [];
const audit = { authentication: async (event: Authentication) => void records.push(event) };

beforeAll(async () => {
  store = await startTestStore();
  services = await startTestServices();
  options = {
    vault: new Table(store.tableName('vault')),
    identity: new Table(store.tableName('identity')),
    kms: new KMSClient({}),
    vaultKeyArn: services.keyArn,
  };
  keyRing = new KeyRingStore(options);
});
afterAll(() => Promise.all([store.close(), services.close()]));
beforeEach(() => {
  records.length = 0;
  return Promise.all([options.vault.delete(VAULT_KEY), options.identity.delete(JWKS_KEY)]);
});

async function publishedKids(): Promise<string[]> {
  const item = await options.identity.get(JWKS_KEY);
  return Array.isArray(item?.keys) ? item.keys.map(({ kid }) => kid) : [];
}
const signingKid = async () => (await loadSecrets(keyRing)).signingKeys[0].kid;
const rotate = (now: number, more: { immediately?: boolean; store?: KeyRingStore } = {}) =>
  rotateSigningKey({ store: keyRing, audit, everyDays: 30, now, ...more });
const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * DAY;

describe('the signing key', () => {
  it('is one, however many instances start at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => loadSecrets(keyRing)));
    expect(new Set(all.map(({ signingKeys }) => signingKeys[0].kid)).size).toBe(1);
    expect(new Set(all.map(({ cookieKeys }) => cookieKeys.join())).size).toBe(1);
    expect(await publishedKids()).toEqual([all[0]?.signingKeys[0].kid]);
  });

  it('stays the same for later instances', async () => {
    const first = await loadSecrets(keyRing);
    expect(await loadSecrets(keyRing)).toEqual(first);
  });

  it('is published even when the instance that made it stopped half way', async () => {
    const { signingKeys } = await loadSecrets(keyRing);
    await options.identity.delete(JWKS_KEY);
    await loadSecrets(keyRing);
    expect(await publishedKids()).toEqual([signingKeys[0].kid]);
  });

  it('is published in place of keys whose private halves were lost, however often those had changed', async () => {
    await options.identity.put({ ...JWKS_KEY, version: 40, keys: [] });
    expect(await publishedKids()).toEqual([]);
    const { signingKeys } = await loadSecrets(keyRing);
    expect(await publishedKids()).toEqual([signingKeys[0].kid]);
  });

  it('is sealed in the vault and public in the identity table by its public half alone', async () => {
    const { signingKeys, cookieKeys, formKey } = await loadSecrets(keyRing);
    const [{ d, p, q, n }] = signingKeys;
    const everything = JSON.stringify([
      await options.vault.get(VAULT_KEY),
      await options.identity.get(JWKS_KEY),
    ]);
    for (const secret of [d, p, q, formKey, ...cookieKeys]) expect(everything).not.toContain(secret);
    expect(everything).toContain(n);
  });

  it('cannot be replaced by a sealed value of another purpose', async () => {
    await loadSecrets(keyRing);
    const item = await options.vault.get(VAULT_KEY);
    await options.vault.put({ ...VAULT_KEY, ...item, wrappedKey: Buffer.from('else').toString('base64') });
    await expect(loadSecrets(keyRing)).rejects.toThrow();
  });
});

describe('rotation', () => {
  it('publishes the next key, lets it sign an hour later, and records that', async () => {
    const old = await signingKid();
    await rotate(inDays(31));
    expect(await signingKid()).toBe(old);
    const [, next] = await publishedKids();
    expect(records).toEqual([]);
    await rotate(inDays(31) + HOUR);
    expect(await signingKid()).toBe(next);
    expect(new Set(await publishedKids())).toEqual(new Set([old, next]));
    const published = await options.identity.get(JWKS_KEY);
    expect(published?.ring).toEqual([
      { kid: next, status: 'signing', since: expect.any(Number) },
      { kid: old, status: 'retired', since: expect.any(Number) },
    ]);
    expect(records).toEqual([
      {
        activity: 'key-rotation',
        status: 'success',
        actor: {},
        reason: expect.stringContaining(`The key ${next} signs from now on`),
      },
    ]);
  });

  it('by several runs at the same time goes ahead once and loses no key', async () => {
    const old = await signingKid();
    await Promise.all(Array.from({ length: 4 }, () => rotate(inDays(31))));
    const published = await publishedKids();
    expect(published).toHaveLength(2);
    await Promise.all(Array.from({ length: 4 }, () => rotate(inDays(31) + HOUR)));
    expect(published.filter((kid) => kid !== old)).toEqual([await signingKid()]);
    expect((await publishedKids()).sort()).toEqual(published.sort());
  });

  it('never has an unpublished key sign, wherever a run dies', async () => {
    /** Dies at the given call of the table, counted over reads and writes. */
    class MortalTable extends Table {
      left: number;
      constructor(name: string, left: number) {
        super(name);
        this.left = left;
      }
      override async get(key: Key) {
        this.live();
        return super.get(key);
      }
      override async put(...parameters: Parameters<Table['put']>) {
        this.live();
        return super.put(...parameters);
      }
      private live(): void {
        this.left -= 1;
        if (this.left < 0) throw new Error('the run died');
      }
    }
    await loadSecrets(keyRing);
    let now = inDays(31);
    let deaths = 0;
    for (let life = 0; life < 8; life++, now += HOUR) {
      for (const table of ['vault', 'identity'] as const) {
        const mortal = new KeyRingStore({ ...options, [table]: new MortalTable(options[table].name, life) });
        await rotate(now, { store: mortal, immediately: life % 2 === 1 }).catch((error: unknown) => {
          expect(String(error)).toContain('the run died');
          deaths += 1;
        });
        const stored = await keyRing.read();
        const signing = stored?.ring.generations.find(({ state }) => state === 'signing');
        expect(await publishedKids()).toContain(signing?.kid);
      }
    }
    expect(deaths).toBeGreaterThan(5);
    await rotate(now);
    expect(await publishedKids()).toContain(await signingKid());
  });

  it('at once withdraws every key that there was', async () => {
    await loadSecrets(keyRing);
    await rotate(inDays(31));
    const before = await publishedKids();
    expect(before).toHaveLength(2);
    await rotate(inDays(31), { immediately: true });
    const after = await publishedKids();
    expect(after).toEqual([await signingKid()]);
    expect(before).not.toContain(after[0]);
    expect(records.at(-1)?.reason).toContain('withdrawn at once');
  });

  it('of an older version does not publish over a newer one', async () => {
    await loadSecrets(keyRing);
    const old = await keyRing.read();
    await rotate(inDays(31), { immediately: true });
    const published = await publishedKids();
    if (old) await keyRing.publish(old);
    expect(await publishedKids()).toEqual(published);
  });
});
