import { KMSClient } from '@aws-sdk/client-kms';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { JWKS_KEY } from '../../lambdas/access/public-keys.ts';
import { loadSecrets, type SecretsOptions } from '../../lambdas/access/signing-key.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestServices, startTestStore, type TestServices, type TestStore } from '../fixtures/store.ts';

const VAULT_KEY = { pk: 'signing-key', sk: 'current' };
let store: TestStore;
let services: TestServices;
let options: SecretsOptions;
beforeAll(async () => {
  store = await startTestStore();
  services = await startTestServices();
  options = {
    vault: new Table(store.tableName('vault')),
    identity: new Table(store.tableName('identity')),
    kms: new KMSClient({}),
    vaultKeyArn: services.keyArn,
  };
});
afterAll(() => Promise.all([store.close(), services.close()]));
beforeEach(() => Promise.all([options.vault.delete(VAULT_KEY), options.identity.delete(JWKS_KEY)]));

const published = async () => (await options.identity.get(JWKS_KEY))?.keys;

describe('the signing key', () => {
  it('is one, however many instances start at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => loadSecrets(options)));
    expect(new Set(all.map(({ signingKey }) => signingKey.kid)).size).toBe(1);
    expect(new Set(all.map(({ cookieKeys }) => cookieKeys.join())).size).toBe(1);
    expect(await published()).toMatchObject([{ kid: all[0]?.signingKey.kid }]);
  });

  it('stays the same for later instances', async () => {
    const first = await loadSecrets(options);
    expect(await loadSecrets(options)).toEqual(first);
  });

  it('is published even when the instance that made it stopped half way', async () => {
    const { signingKey } = await loadSecrets(options);
    await options.identity.delete(JWKS_KEY);
    await loadSecrets(options);
    expect(await published()).toMatchObject([{ kid: signingKey.kid }]);
  });

  it('is sealed in the vault and public in the identity table by its public half alone', async () => {
    const { signingKey, cookieKeys, formKey } = await loadSecrets(options);
    const everything = JSON.stringify([
      await options.vault.get(VAULT_KEY),
      await options.identity.get(JWKS_KEY),
    ]);
    for (const secret of [signingKey.d, signingKey.p, signingKey.q, formKey, ...cookieKeys])
      expect(everything).not.toContain(secret);
    expect(everything).toContain(signingKey.n);
  });

  it('cannot be replaced by a sealed value of another purpose', async () => {
    await loadSecrets(options);
    await options.vault.put({ ...VAULT_KEY, sealed: Buffer.from('something else').toString('base64') });
    await expect(loadSecrets(options)).rejects.toThrow();
  });
});
