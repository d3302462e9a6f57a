import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type Asked,
  findReview,
  holdClient,
  REVIEWS,
  reviewKey,
} from '../../lambdas/access/clients/held-clients.ts';
import { nowSeconds } from '../../lambdas/access/lifetimes.ts';
import type { Key } from '../../lambdas/shared/table.ts';
import { type Administration, policy, portal, startAdministration } from './administration.ts';

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
});
afterAll(() => admin.close());

const DOCUMENT = 'https://app.example/client.json';
const askFor = (client: string, more: Partial<Asked> = {}) =>
  holdClient(admin.identity, {
    client,
    name: 'Example app',
    hosts: ['app.example'],
    redirectUris: ['https://app.example/callback'],
    askedBy: { id: 'p_alice', email: 'alice@example.com' },
    ...more,
  });
const key = reviewKey(DOCUMENT);
const changes = async () =>
  (await admin.call('GET', '/audit')).body.items
    .filter((record: { document?: { id: string } }) => record.document?.id === key)
    .map((record: Record<string, unknown>) => [record.activity, record.status, record.before, record.after]);

beforeEach(() => askFor(DOCUMENT));

describe('applications that wait for a decision', () => {
  it('are listed with who asked, and by what they stand for', async () => {
    await askFor('client-1', { name: 'Inspector', hosts: ['localhost'] });
    const { status, body } = await admin.call('GET', '/clients', { query: { status: 'held' } });
    expect([status, body.next]).toEqual([200, null]);
    expect(body.items).toEqual([
      expect.objectContaining({ key: 'client-1', client: 'client-1', hosts: ['localhost'], status: 'held' }),
      {
        key,
        client: DOCUMENT,
        name: 'Example app',
        hosts: ['app.example'],
        redirectUris: ['https://app.example/callback'],
        status: 'held',
        askedBy: 'alice@example.com',
        askedAt: expect.stringMatching(/^\d{4}-.*Z$/),
        expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    ]);
  });

  it('are listed page by page', async () => {
    const first = await admin.call('GET', '/clients', { query: { limit: '1' } });
    const second = await admin.call('GET', '/clients', { query: { limit: '1', next: first.body.next } });
    expect([first.body.items[0].key, second.body.items[0].key]).toEqual(['client-1', key]);
    const query = { next: '../x' };
    expect((await admin.call('GET', '/clients', { query })).body.error.code).toBe('invalid_query');
  });

  it('are not listed, and not decided about, when their time is over', async () => {
    await askFor('client-late');
    await admin.identity.update(
      { pk: REVIEWS, sk: 'client-late' },
      { expression: 'SET expiresAt = :past', values: { ':past': nowSeconds() - 1 } },
    );
    const { body } = await admin.call('GET', '/clients');
    expect(body.items.map((item: { key: string }) => item.key)).not.toContain('client-late');
    expect((await admin.call('POST', '/clients/client-late/approve')).status).toBe(404);
  });
});

describe('a decision', () => {
  it('is recorded with who made it, before and after, and shown', async () => {
    const { status, body } = await admin.call('POST', `/clients/${key}/approve`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'approved', decidedBy: 'dana@example.com' });
    expect(body).not.toHaveProperty('expiresAt');
    expect(await changes()).toEqual([
      ['approve', 'success', 'held', 'approved'],
      ['approve', 'intent', 'held', 'approved'],
    ]);
    expect(await findReview(admin.identity, key)).toMatchObject({ status: 'approved' });
    await admin.call('POST', `/clients/${key}/approve`);
    expect(await changes()).toHaveLength(2);
  });

  it('against an application that was approved ends the connections that it has', async () => {
    const [grant, other] = ['g-1', 'g-2'].map((id) => ({ pk: `Grant#${id}`, sk: 'current' })) as [Key, Key];
    await admin.identity.put({ ...grant, clientId: DOCUMENT, person: 'p_alice' });
    await admin.identity.put({ ...other, clientId: 'client-2', person: 'p_alice' });
    const { body } = await admin.call('POST', `/clients/${key}/deny`);
    expect(body).toMatchObject({ status: 'denied', decidedBy: 'dana@example.com' });
    expect(await admin.identity.get(grant)).toBeUndefined();
    expect(await admin.identity.get(other)).toBeDefined();
    const [latest] = (await admin.call('GET', '/audit')).body.items;
    expect(latest).toMatchObject({ type: 'authentication', activity: 'revocation' });
    expect(latest.reason).toContain(DOCUMENT);
  });

  it('is not undone by somebody who asks again', async () => {
    expect(await askFor(DOCUMENT)).toBe(false);
    expect(await findReview(admin.identity, key)).toMatchObject({ status: 'denied' });
  });

  it('needs an application that somebody asked for', async () => {
    for (const unknown of ['client-unknown', 'x'.repeat(200), '%2e%2e'])
      for (const verb of ['approve', 'deny'])
        expect((await admin.call('POST', `/clients/${unknown}/${verb}`)).status).toBe(404);
  });

  it('is the owners’ alone', async () => {
    for (const [method, path] of [
      ['GET', '/clients'],
      ['POST', `/clients/${key}/approve`],
      ['POST', `/clients/${key}/deny`],
    ] as const)
      expect((await admin.call(method, path, { as: 'alice@example.com' })).status).toBe(403);
    expect(await findReview(admin.identity, key)).toMatchObject({ status: 'denied' });
    expect((await changes())[0]).toEqual(['deny', 'denied', undefined, undefined]);
  });
});

describe('spec.clients of a portal', () => {
  it('asks for no approval unless it says so, and is in force with the snapshot', async () => {
    await admin.apply(policy('staff'), portal());
    expect((await admin.snapshot())?.portal.clients).toEqual({ approval: 'none', hosts: [] });
    const clients = {
      approval: 'unknown-hosts',
      hosts: ['claude.ai', 'localhost', 'cursor:', 'host.example:8443'],
    };
    expect((await admin.apply(portal({ clients }))).status).toBe(200);
    expect((await admin.snapshot())?.portal.clients).toEqual(clients);
  });

  it.each([
    [{ approval: 'always' }, 'spec.clients.approval'],
    [{ host: [] }, 'spec.clients.host'],
    [{ hosts: ['https://claude.ai'] }, 'spec.clients.hosts[0]'],
    [{ hosts: ['claude.ai/callback'] }, 'spec.clients.hosts[0]'],
    [{ hosts: ['claude.ai', '*.claude.ai'] }, 'spec.clients.hosts[1]'],
    [{ hosts: ['Claude.ai'] }, 'spec.clients.hosts[0]'],
    [{ hosts: ['user@claude.ai'] }, 'spec.clients.hosts[0]'],
    [{ hosts: [''] }, 'spec.clients.hosts[0]'],
  ])('is refused as %j', async (clients, at) => {
    const { status, body } = await admin.apply(portal({ clients }));
    expect([status, body.error.at]).toEqual([400, `documents[0].${at}`]);
  });
});
