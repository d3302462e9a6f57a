import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type Administration,
  catalogOf,
  policy,
  portal,
  server,
  startAdministration,
} from './administration.ts';

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
  admin.upstreams.set('https://hr.example.com/mcp', catalogOf('find_person', 'list_teams'));
});
afterAll(() => admin.close());

describe('applying a set of documents', () => {
  it('creates all of them in one go, whatever their order', async () => {
    const { status, body } = await admin.apply(portal({ servers: ['hr'] }), server('hr'), policy('staff'));
    expect(status).toBe(200);
    expect(body.results).toEqual([
      { kind: 'Portal', id: 'default', result: 'created', version: 1 },
      { kind: 'Server', id: 'hr', result: 'created', version: 1, sync: { status: 'synced', tools: 2 } },
      { kind: 'Policy', id: 'staff', result: 'created', version: 1 },
    ]);
    expect(body.portals).toEqual([{ id: 'default', version: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
  });

  it('puts the portal in force with the tools that its server offers', async () => {
    const snapshot = await admin.snapshot();
    expect(snapshot?.portal.policies.map(({ id }) => id)).toEqual(['staff']);
    expect(snapshot?.servers.map(({ slug, tools }) => [slug, tools.map(({ name }) => name)])).toEqual([
      ['hr', ['find_person', 'list_teams']],
    ]);
  });

  it('reports the same documents as unchanged and makes no new version', async () => {
    const again = await admin.apply(policy('staff'), portal({ servers: ['hr'] }), server('hr'));
    expect(again.body.results.map((r: { result: string; version: number }) => [r.result, r.version])).toEqual(
      [
        ['unchanged', 1],
        ['unchanged', 1],
        ['unchanged', 1],
      ],
    );
  });

  it('accepts back what it answered', async () => {
    const { body } = await admin.call('GET', '/servers/hr');
    expect(body.metadata).toMatchObject({ id: 'hr', version: 1, updatedBy: 'dana@example.com' });
    expect(body.status).toMatchObject({ sync: 'synced', era: 'modern', tools: 2 });
    const again = await admin.apply(body);
    expect(again.body.results).toEqual([{ kind: 'Server', id: 'hr', result: 'unchanged', version: 1 }]);
  });

  it('stores nothing of a set in which one document is at fault', async () => {
    const { status } = await admin.apply(policy('fine'), server('lost', { policies: ['nowhere'] }));
    expect(status).toBe(400);
    expect((await admin.call('GET', '/policies/fine')).status).toBe(404);
  });

  it('makes a version of each change and keeps the earlier ones', async () => {
    await admin.apply(policy('staff', { message: 'Ask IT.' }));
    const { items } = await admin.policies.query({
      partition: { value: 'Policy#staff' },
      sort: { prefix: 'v#' },
    });
    expect(items.map(({ version, document }) => [version, Object(Object(document).spec).message])).toEqual([
      [1, undefined],
      [2, 'Ask IT.'],
    ]);
    expect((await admin.snapshot())?.portal.policies[0]?.spec.message).toBe('Ask IT.');
  });

  it('leaves out of force a tool that was switched off', async () => {
    await admin.apply(server('hr', { tools: { list_teams: { enabled: false } } }));
    expect((await admin.snapshot())?.servers[0]?.tools.map(({ name }) => name)).toEqual(['find_person']);
  });

  it('tells the event bus what changed, by whom, and nothing of its content', async () => {
    const changed = admin.events().filter((event) => JSON.stringify(event).includes('Document Changed'));
    const details = JSON.stringify(changed);
    expect(changed.length).toBeGreaterThan(3);
    expect(details).toContain('created');
    expect(details).not.toContain('hr.example.com');
  });
});

describe('a server that cannot be read', () => {
  it('is applied all the same, with the reason in the answer and in its status', async () => {
    const { status, body } = await admin.apply(server('dark'));
    expect(status).toBe(200);
    expect(body.results[0]).toMatchObject({
      result: 'created',
      sync: { status: 'failed', tools: 0, message: 'dark.example.com does not answer.' },
    });
    const stored = await admin.call('GET', '/servers/dark');
    expect(stored.body.status).toMatchObject({
      sync: 'failed',
      message: 'dark.example.com does not answer.',
    });
  });

  it('is tried again by the next apply, changed or not', async () => {
    admin.upstreams.set('https://dark.example.com/mcp', catalogOf('see'));
    const { body } = await admin.apply(server('dark'));
    expect(body.results[0]).toMatchObject({ result: 'unchanged', sync: { status: 'synced', tools: 1 } });
  });

  it('keeps the catalog that was read before', async () => {
    admin.upstreams.delete('https://hr.example.com/mcp');
    const { status, body } = await admin.call('POST', '/servers/hr/sync');
    expect([status, body.error.code]).toEqual([502, 'sync_failed']);
    expect(body.error.message).toContain('hr.example.com does not answer.');
    expect((await admin.call('GET', '/servers/hr')).body.status).toMatchObject({ sync: 'failed', tools: 2 });
    await admin.apply(portal({ title: 'New title', servers: ['hr'] }));
    expect((await admin.snapshot())?.servers[0]?.tools.map(({ name }) => name)).toEqual(['find_person']);
  });

  it('gets its new tools by a sync, and loses those that are gone', async () => {
    admin.upstreams.set('https://hr.example.com/mcp', catalogOf('find_person', 'hire'));
    expect((await admin.call('POST', '/servers/hr/sync')).body.status).toMatchObject({
      sync: 'synced',
      tools: 2,
    });
    expect((await admin.snapshot())?.servers[0]?.tools.map(({ name }) => name)).toEqual([
      'find_person',
      'hire',
    ]);
    expect((await admin.api.catalogs.load('hr'))?.tools).toHaveLength(2);
  });

  it('keeps every member of a definition as the server wrote it', async () => {
    const odd = {
      name: 'odd',
      'x-unknown': [1e300, -0.5, 9007199254740991],
      nested: { '': null },
      _meta: { a: 'ü' },
    };
    const long = { uri: `file:///${'x'.repeat(2000)}`, name: 'long' };
    admin.upstreams.set('https://odd.example.com/mcp', { ...catalogOf(), tools: [odd], resources: [long] });
    await admin.apply(server('odd'));
    const catalog = await admin.api.catalogs.load('odd');
    expect(catalog?.tools).toEqual([odd]);
    expect(catalog?.resources).toEqual([long]);
  });
});

describe('reading documents', () => {
  it('lists a kind in pages that end with next null', async () => {
    await admin.apply(policy('aa'), policy('bb'), policy('cc'));
    const ids: string[] = [];
    let next: string | null = null;
    do {
      const query: Record<string, string> = { limit: '2', ...(next ? { next } : {}) };
      const { body } = await admin.call('GET', '/policies', { query });
      expect(body.items.length).toBeLessThanOrEqual(2);
      ids.push(...body.items.map((item: { metadata: { id: string } }) => item.metadata.id));
      next = body.next;
    } while (next !== null);
    expect(ids).toEqual(['aa', 'bb', 'cc', 'staff']);
  });

  it('says which document is not there', async () => {
    const { status, body } = await admin.call('GET', '/servers/nobody');
    expect([status, body.error.message]).toEqual([404, 'There is no Server "nobody".']);
  });
});

describe('changing one document', () => {
  it('creates with 201, replaces with 200, and answers the version as entity tag', async () => {
    const created = await admin.call('PUT', '/policies/one', { body: policy('one') });
    expect([created.status, created.headers.etag, created.body.metadata.version]).toEqual([201, '"1"', 1]);
    const replaced = await admin.call('PUT', '/policies/one', { body: policy('one', { action: 'block' }) });
    expect([replaced.status, replaced.headers.etag]).toEqual([200, '"2"']);
  });

  it('is refused when If-Match names another version', async () => {
    const body = policy('one', { message: 'mine' });
    const stale = await admin.call('PUT', '/policies/one', { body, headers: { 'If-Match': '"1"' } });
    expect([stale.status, stale.body.error.at]).toEqual([412, 'header If-Match']);
    expect(stale.body.error.message).toContain('version 2');
    const fresh = await admin.call('PUT', '/policies/one', { body, headers: { 'If-Match': '"2"' } });
    expect(fresh.status).toBe(200);
  });

  it.each([
    ['another id', '/policies/two', policy('one'), 'metadata.id'],
    ['another kind', '/servers/one', policy('one'), 'kind'],
  ])('refuses a document of %s than the path says', async (_what, path, body, at) => {
    const answer = await admin.call('PUT', path, { body });
    expect([answer.status, answer.body.error.at]).toEqual([400, at]);
  });
});

describe('deleting a document', () => {
  it('is refused while others name it, and says which', async () => {
    const used = await admin.call('DELETE', '/policies/staff');
    expect(used.status).toBe(409);
    expect(used.body.error.message).toContain('Portal "default"');
    expect(used.body.error.message).toContain('Server "hr"');
  });

  it('takes a portal out of force, its server and its catalog away, and lets the id be used again', async () => {
    expect((await admin.call('DELETE', '/portals/default')).body).toEqual({
      kind: 'Portal',
      id: 'default',
      result: 'deleted',
    });
    expect(await admin.snapshot()).toBeUndefined();
    expect((await admin.call('DELETE', '/servers/hr')).status).toBe(200);
    expect(await admin.api.catalogs.load('hr')).toBeUndefined();
    expect((await admin.call('DELETE', '/servers/hr')).status).toBe(404);
    const again = await admin.apply(server('hr'), portal({ servers: ['hr'] }));
    expect(again.body.results[0]).toMatchObject({ result: 'created', version: 4 });
    expect((await admin.snapshot())?.servers).toHaveLength(1);
  });
});

describe('changes at the same moment', () => {
  it('are decided by the store: each one is stored whole or refused with 409', async () => {
    const ids = ['race-a', 'race-b', 'race-c', 'race-d'];
    const answers = await Promise.all(ids.map((id) => admin.apply(server(id, { slug: 'race' }))));
    const done = answers.filter(({ status }) => status === 200);
    expect(done).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([status, body.error.code]).toEqual([409, expect.stringMatching(/^(conflict|slug_taken)$/)]);
    }
    const stored = await Promise.all(ids.map((id) => admin.call('GET', `/servers/${id}`)));
    expect(stored.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});
