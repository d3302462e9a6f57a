import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { documentFetchThrough } from '../../lambdas/access/clients/client-document-fetch.ts';
import { ClientDocuments } from '../../lambdas/access/clients/client-documents.ts';
import { nowSeconds } from '../../lambdas/access/lifetimes.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';
import { type DocumentServer, publicClient, startDocumentServer } from './document-server.ts';

let store: TestStore;
let identity: Table;
let host: DocumentServer;
beforeAll(async () => {
  [store, host] = [await startTestStore(), await startDocumentServer()];
  identity = new Table(store.tableName('identity'));
});
afterAll(async () => {
  await Promise.all([store.close(), host.close()]);
});
beforeEach(() => {
  host.requests.length = 0;
});

const NETWORKS = ['127.0.0.0/8'];
/** Another process of the same deployment. */
const process = (fetch = documentFetchThrough(NETWORKS)) =>
  new ClientDocuments({
    identity,
    rules: { allowedRedirects: [], grantTypes: ['authorization_code', 'refresh_token'] },
    networks: NETWORKS,
    fetch,
  });
const broken = () => process(async () => ({ outcome: 'unreachable', reason: 'it is down' }));

const keyOf = (url: string) => ({ pk: `ClientDocument#${url}`, sk: 'current' });
const timesOf = async (url: string) => {
  const item = await identity.get(keyOf(url));
  return { renewIn: Number(item?.renewAt) - nowSeconds(), endsIn: Number(item?.ttl) - nowSeconds() };
};
/** Moves a stored document on in its life: seconds until it is asked for again, and until its end. */
const age = (url: string, renewIn: number, endsIn: number) =>
  identity.update(keyOf(url), {
    expression: 'SET renewAt = :renewAt, #ttl = :ttl',
    names: { '#ttl': 'ttl' },
    values: { ':renewAt': nowSeconds() + renewIn, ':ttl': nowSeconds() + endsIn },
  });

describe('a metadata document', () => {
  it('is fetched once for all processes, for as long as its host says', async () => {
    const headers = { 'cache-control': 'public, max-age=3600' };
    const url = host.publish('/shared', { headers, body: publicClient() });
    const one = process();
    await Promise.all([one.find(url, '192.0.2.1'), one.find(url, '192.0.2.2')]);
    expect(await process().find(url, '192.0.2.3')).toMatchObject({ client_id: url });
    expect(host.requests).toEqual(['/shared']);
    const { renewIn, endsIn } = await timesOf(url);
    expect(Math.abs(endsIn - 3600)).toBeLessThan(10);
    expect(Math.abs(renewIn - 1800)).toBeLessThan(10);
  });

  it('outlives a failure of its host until its time is over, and not a moment longer', async () => {
    const url = host.publish('/outage', { body: publicClient() });
    await process().find(url, undefined);
    await age(url, -1, 60);
    const down = broken();
    expect(await down.find(url, undefined)).toMatchObject({ client_id: url });
    expect(await down.find(url, undefined)).toMatchObject({ client_id: url });
    await age(url, -60, 0);
    await expect(down.find(url, undefined)).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      status: 400,
    });
  });

  it('takes its new form when it is asked for again', async () => {
    const url = host.publish('/changed', { body: publicClient() });
    await process().find(url, undefined);
    host.publish('/changed', { body: publicClient({ redirect_uris: ['http://127.0.0.1/new'] }) });
    await age(url, -1, 60);
    expect(await process().find(url, undefined)).toMatchObject({ redirect_uris: ['http://127.0.0.1/new'] });
  });

  it.each([
    ['is gone', { status: 404, body: '{}' }],
    ['was spoilt', { body: publicClient({ client_id: 'https://elsewhere.example/client' }) }],
  ])('that %s is not used any more, although its time is not over', async (what, publication) => {
    const path = `/${what.replaceAll(' ', '-')}`;
    const url = host.publish(path, { body: publicClient() });
    await process().find(url, undefined);
    host.publish(path, publication);
    await age(url, -1, 60);
    await expect(process().find(url, undefined)).rejects.toMatchObject({ error: 'invalid_client_metadata' });
    expect(await identity.get(keyOf(url))).toBeUndefined();
  });

  it.each([
    ['answered with an error', { status: 500, body: publicClient() }, 'cannot be read'],
    ['not there', { status: 404, body: publicClient() }, 'there is none'],
    ['behind a redirect', { status: 302, headers: { location: '/shared' }, body: '' }, 'redirect'],
    [
      'not JSON by its type',
      { headers: { 'content-type': 'text/html' }, body: publicClient() },
      'application/json',
    ],
    ['not JSON', { body: '<script>' }, 'not a JSON object'],
    ['too large', { body: publicClient({ client_name: 'x'.repeat(6_000) }) }, 'more than 5120 bytes'],
    ['compressed', { headers: { 'content-encoding': 'gzip' }, body: publicClient() }, 'compressed'],
    ['somebody else’s', { body: publicClient({ client_id: 'https://claude.ai/client' }) }, 'client_id'],
  ])('that is %s is refused and not kept', async (what, publication, reason) => {
    const url = host.publish(`/bad-${encodeURIComponent(what)}`, publication);
    await expect(process().find(url, undefined)).rejects.toMatchObject({
      error_description: expect.stringContaining(reason),
    });
    expect(await identity.get(keyOf(url))).toBeUndefined();
  });

  it('in an address that only a person’s own network has is never asked for', async () => {
    const open = new ClientDocuments({
      identity,
      rules: { allowedRedirects: [], grantTypes: [] },
      networks: [],
      fetch: documentFetchThrough([]),
    });
    for (const url of [`${host.origin}/shared`, 'https://169.254.169.254/client', 'https://localhost/client'])
      await expect(open.find(url, undefined)).rejects.toMatchObject({ error: 'invalid_client' });
    expect(host.requests).toEqual([]);
  });
});

describe('a flood of requests', () => {
  it('for one bad document makes one request to its host', async () => {
    const url = host.publish('/flooded', { status: 500, body: '' });
    const one = process();
    for (let round = 0; round < 3; round++)
      await Promise.allSettled(Array.from({ length: 20 }, () => one.find(url, '192.0.2.1')));
    expect(host.requests).toEqual(['/flooded']);
  });

  it('for many documents from one address soon makes none, and leaves other addresses and known documents alone', async () => {
    const known = host.publish('/known', { body: publicClient() });
    await process().find(known, undefined);
    let fetches = 0;
    const one = process(async () => {
      fetches += 1;
      return { outcome: 'refused', reason: 'it is not there' };
    });
    const ask = (from: number, source: string) =>
      Promise.allSettled(
        Array.from({ length: 60 }, (_, n) => one.find(`${host.origin}/x${from + n}`, source)),
      );
    await ask(0, '2001:db8:1:2::1');
    await ask(60, '2001:db8:1:2:ffff::9');
    expect(fetches).toBe(100);
    await expect(one.find(`${host.origin}/last`, '2001:db8:1:2::7')).rejects.toMatchObject({
      error: 'temporarily_unavailable',
      status: 429,
    });
    expect(await one.find(known, '2001:db8:1:2::1')).toMatchObject({ client_id: known });
    await ask(200, '2001:db8:1:3::1');
    expect(fetches).toBe(160);
  });
});
