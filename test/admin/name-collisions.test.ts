import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
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
});
afterAll(() => admin.close());

const unprefixed = (id: string, spec: object = {}) => server(id, { naming: 'unprefixed', ...spec });
const both = portal({ servers: ['one', 'two'] });
const offers = (id: string, ...tools: string[]) =>
  admin.upstreams.set(`https://${id}.example.com/mcp`, catalogOf(...tools));
const served = async () =>
  (await admin.snapshot())?.servers.map(({ id, tools }) => [id, ...tools.map(({ name }) => name)]);
const bothNamed = {
  code: 'name_collision',
  message:
    'in Portal "default", Server "one" and Server "two" would both have a tool named "search": set spec.naming of one of them to prefixed, or disable the tool at one of them in spec.tools',
};

/** Two servers without prefix, side by side in a portal, with nothing in common. */
beforeEach(async () => {
  offers('one', 'search', 'add');
  offers('two', 'remove');
  await admin.apply(policy('staff'), portal(), unprefixed('one'), unprefixed('two'));
  await admin.call('POST', '/servers/one/sync');
  await admin.call('POST', '/servers/two/sync');
  await admin.apply(both);
  expect(await served()).toEqual([
    ['one', 'add', 'search'],
    ['two', 'remove'],
  ]);
});

describe('two servers of a portal that would have a tool of one name', () => {
  it('are found when one of them is synced, which keeps what it had', async () => {
    offers('two', 'search');
    const { status, body } = await admin.call('POST', '/servers/two/sync');
    expect([status, body.error.code]).toEqual([502, 'sync_failed']);
    expect(body.error.message).toContain(bothNamed.message);
    expect(await served()).toEqual([
      ['one', 'add', 'search'],
      ['two', 'remove'],
    ]);
  });

  it('are found when both are read for the first time, in one apply', async () => {
    await admin.apply(portal({ servers: [] }));
    offers('red', 'paint');
    offers('blue', 'paint');
    const { body } = await admin.apply(
      unprefixed('red'),
      unprefixed('blue'),
      portal({ servers: ['red', 'blue'] }),
    );
    expect(body.results.map(({ sync }: { sync?: { status: string } }) => sync?.status)).toEqual([
      'synced',
      'failed',
      undefined,
    ]);
    expect(body.results[1].sync.message).toContain('Server "red" and Server "blue"');
    expect(await served()).toEqual([['red', 'paint']]);
  });

  it('are refused when a portal takes both, with the place in the portal', async () => {
    await admin.apply(portal({ servers: ['one'] }));
    offers('two', 'search');
    expect((await admin.call('POST', '/servers/two/sync')).status).toBe(200);
    const { status, body } = await admin.apply(both);
    expect([status, body.error]).toEqual([409, { ...bothNamed, at: 'documents[0].spec.servers[1]' }]);
  });

  it('are refused when one loses its prefix, with the place in the server', async () => {
    await admin.apply(server('two'));
    offers('two', 'search');
    expect((await admin.call('POST', '/servers/two/sync')).status).toBe(200);
    const { status, body } = await admin.apply(unprefixed('two'));
    expect([status, body.error]).toEqual([409, { ...bothNamed, at: 'documents[0].spec.naming' }]);
    expect((await admin.call('GET', '/servers/two')).body.spec.naming).toBe('prefixed');
  });

  it('are refused when a disabled tool is enabled again', async () => {
    await admin.apply(unprefixed('two', { tools: { search: { enabled: false } } }));
    offers('two', 'search', 'remove');
    expect((await admin.call('POST', '/servers/two/sync')).status).toBe(200);
    const { body } = await admin.apply(unprefixed('two'));
    expect(body.error).toEqual({ ...bothNamed, at: 'documents[0].spec.naming' });
  });

  it('are fine when one is prefixed, unless its prefixed name is the other’s own', async () => {
    await admin.apply(server('two'));
    offers('two', 'search');
    expect((await admin.call('POST', '/servers/two/sync')).status).toBe(200);
    offers('one', 'two__search');
    expect((await admin.call('POST', '/servers/one/sync')).body.error.message).toContain('"two__search"');
  });

  it('do not keep anyone from changing a policy', async () => {
    offers('two', 'search');
    await admin.call('POST', '/servers/two/sync');
    expect((await admin.apply(policy('staff', { action: 'block' }))).status).toBe(200);
  });
});

describe('two servers of a portal that would have a prompt of one name', () => {
  it('are found alike', async () => {
    const ask = { ...catalogOf('remove'), capabilities: { prompts: {} }, prompts: [{ name: 'ask' }] };
    admin.upstreams.set('https://one.example.com/mcp', { ...ask, tools: [] });
    admin.upstreams.set('https://two.example.com/mcp', ask);
    await admin.call('POST', '/servers/one/sync');
    const { body } = await admin.call('POST', '/servers/two/sync');
    expect(body.error.message).toContain('would both have a prompt named "ask"');
  });
});
