import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ClientDocuments } from '../../lambdas/access/clients/client-documents.ts';
import { BASIC_GRANT_TYPES } from '../../lambdas/access/clients/client-metadata.ts';
import { ClientStore, keepUsedClient } from '../../lambdas/access/clients/client-store.ts';
import { itemKey } from '../../lambdas/access/item-key.ts';
import { LIFETIME, nowSeconds } from '../../lambdas/access/lifetimes.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';

let store: TestStore;
let identity: Table;
beforeAll(async () => {
  store = await startTestStore();
  identity = new Table(store.tableName('identity'));
});
afterAll(() => store.close());

const HOSTED = 'https://hosted.example/callback';
const clients = (allowedRedirects: readonly string[] = [HOSTED]) =>
  new ClientStore({
    identity,
    allowedRedirects,
    grantTypes: BASIC_GRANT_TYPES,
    services: { find: async () => undefined },
    documents: new ClientDocuments({
      identity,
      rules: { allowedRedirects, grantTypes: [] },
      networks: [],
      fetch: async () => ({ outcome: 'unreachable', reason: 'nothing is fetched here' }),
    }),
  });
const metadata = (id: string) => ({
  client_id: id,
  redirect_uris: ['http://127.0.0.1/', HOSTED],
  grant_types: [...BASIC_GRANT_TYPES],
});
const lifeOf = async (id: string) => Number((await identity.get(itemKey('Client', id)))?.ttl) - nowSeconds();
const setLife = (id: string, seconds: number) =>
  identity.update(itemKey('Client', id), {
    expression: 'SET #ttl = :ttl',
    names: { '#ttl': 'ttl' },
    values: { ':ttl': nowSeconds() + seconds },
  });

describe('a registered client', () => {
  it('is forgotten after a day when nobody ever let it act for them, however often it is looked up', async () => {
    await clients().upsert('client-1', metadata('client-1'));
    expect(await clients().find('client-1')).toEqual(metadata('client-1'));
    expect(await lifeOf('client-1')).toBeLessThanOrEqual(LIFETIME.unusedClient);
    await setLife('client-1', 60);
    await clients().find('client-1');
    expect(await lifeOf('client-1')).toBeLessThanOrEqual(60);
    await setLife('client-1', 0);
    expect(await clients().find('client-1')).toBeUndefined();
  });

  it('that somebody used lives on while it is used', async () => {
    await clients().upsert('client-2', metadata('client-2'));
    await keepUsedClient(identity, 'client-2');
    expect(await lifeOf('client-2')).toBeGreaterThan(LIFETIME.client - 60);
    await setLife('client-2', 60);
    await clients().find('client-2');
    expect(await lifeOf('client-2')).toBeGreaterThan(LIFETIME.client - 60);
  });

  it('that is unknown is not made by being used', async () => {
    await keepUsedClient(identity, 'client-unknown');
    await keepUsedClient(identity, 'https://app.example/client.json');
    expect(await clients().find('client-unknown')).toBeUndefined();
    expect(await identity.get(itemKey('Client', 'https://app.example/client.json'))).toBeUndefined();
  });

  it('loses redirect URIs that the deployment no longer lists', async () => {
    await clients().upsert('client-3', metadata('client-3'));
    expect(await clients([]).find('client-3')).toMatchObject({ redirect_uris: ['http://127.0.0.1/'] });
    await clients().upsert('client-4', { client_id: 'client-4', redirect_uris: [HOSTED] });
    expect(await clients([]).find('client-4')).toBeUndefined();
  });

  it('cannot take the place of a document', async () => {
    const id = 'https://app.example/client.json';
    await clients().upsert(id, metadata(id));
    await expect(clients().find(id)).rejects.toMatchObject({ error: 'temporarily_unavailable' });
  });
});
