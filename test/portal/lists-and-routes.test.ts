import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ScriptedServer,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { ask } from './clients.ts';
import { allow, serverOf, startPortal, type TestPortal } from './portal.ts';

const engineers = allow('engineers', { group: 'engineering' });
const tool = (name: string) => ({ name, inputSchema: { type: 'object' } });
const resource = (uri: string) => ({ uri, name: uri });

let one: ScriptedServer;
let two: ScriptedServer;
let portal: TestPortal;

const servers = () => [
  serverOf('one', one.url, {
    tools: ['z', 'a', 'm'].map(tool),
    prompts: [{ name: 'plan', arguments: [{ name: 'topic' }] }],
    resources: [resource('doc://one/1'), resource('doc://both'), resource('doc://one/listed')],
    resourceTemplates: [{ uriTemplate: 'doc://one/{id}', name: 't' }],
    instructions: 'Use one gently.',
  }),
  serverOf(
    'two',
    two.url,
    {
      capabilities: { tools: {}, resources: {}, logging: {}, tasks: {} },
      tools: ['b'].map(tool),
      resources: [resource('doc://both'), resource('doc://two/1')],
      resourceTemplates: [
        { uriTemplate: 'doc://one/{id}/x', name: 'x' },
        { uriTemplate: 'doc://{+any}', name: 'any' },
      ],
    },
    { policies: [engineers] },
  ),
];

beforeAll(async () => {
  const saying = (who: string) =>
    startScriptedServer((received, response) =>
      sendResult(response, received, { resultType: 'complete', who, contents: [] }),
    );
  [one, two] = await Promise.all([saying('one'), saying('two')]);
  portal = await startPortal(servers(), { pageSize: 2 });
});
afterAll(async () => {
  await Promise.all([portal.close(), one.close(), two.close()]);
});

const namesOf = (result: Record<string, unknown> | undefined): string[] =>
  ((result?.tools ?? []) as { name: string }[]).map(({ name }) => name);

describe('lists', () => {
  async function pages(token: string): Promise<string[][]> {
    const all: string[][] = [];
    let cursor: unknown;
    do {
      const { answer } = await ask(portal, 'tools/list', cursor === undefined ? {} : { cursor }, { token });
      all.push(namesOf(answer.result));
      cursor = answer.result?.nextCursor;
    } while (cursor !== undefined);
    return all;
  }

  it('come in pages, servers and tools in their order, each person’s own', async () => {
    expect(await pages('alice')).toEqual([
      ['one__z', 'one__a'],
      ['one__m', 'two__b'],
    ]);
    expect(await pages('bob')).toEqual([['one__z', 'one__a'], ['one__m']]);
  });

  it('are private, and say how long they may be kept', async () => {
    const { answer } = await ask(portal, 'tools/list');
    expect(answer.result).toMatchObject({ resultType: 'complete', cacheScope: 'private', ttlMs: 60_000 });
  });

  it('refuse the cursor of an older version with -32602', async () => {
    const { answer } = await ask(portal, 'tools/list');
    const cursor = answer.result?.nextCursor;
    expect((await ask(portal, 'tools/list', { cursor })).answer.result).toBeDefined();
    portal.publish(servers());
    expect((await ask(portal, 'tools/list', { cursor })).answer.error?.code).toBe(-32602);
  });

  it('leave out a tool whose header annotations are invalid', async () => {
    const bad = { name: 'bad', inputSchema: { properties: { a: { type: 'number', 'x-mcp-header': 'A' } } } };
    portal.publish([serverOf('one', one.url, { tools: [bad, tool('good')] })]);
    expect(namesOf((await ask(portal, 'tools/list')).answer.result)).toEqual(['one__good']);
    expect((await ask(portal, 'tools/call', { name: 'one__bad' })).answer.error?.code).toBe(-32602);
    portal.publish(servers());
  });
});

describe('resources', () => {
  const read = async (uri: string, token = 'alice') =>
    (await ask(portal, 'resources/read', { uri }, { token })).answer;

  it.each([
    ['a listed one, before any template', 'doc://one/1', 'one'],
    ['a listed one of another server', 'doc://two/1', 'two'],
    ['one that only one template expands to', 'doc://one/7/x', 'two'],
  ])('go to the server of %s', async (_what, uri, who) => {
    expect((await read(uri)).result?.who).toBe(who);
  });

  it.each([
    ['listed by two servers', 'doc://both'],
    ['expanded to by templates of two servers', 'doc://one/99'],
  ])('are -32602 with the URI when %s', async (_what, uri) => {
    expect((await read(uri)).error).toMatchObject({ code: -32602, data: { uri } });
  });

  it('are not ambiguous because of a server that the person may not use', async () => {
    expect((await read('doc://both', 'bob')).result?.who).toBe('one');
    expect((await read('doc://one/99', 'bob')).result?.who).toBe('one');
  });

  it('that the person may not read look like those that do not exist', async () => {
    const refused = await read('doc://two/1', 'bob');
    const missing = await read('nowhere://x', 'bob');
    expect(refused.error).toEqual({
      code: -32602,
      message: 'Resource not found',
      data: { uri: 'doc://two/1' },
    });
    expect(missing.error).toEqual({ ...refused.error, data: { uri: 'nowhere://x' } });
  });
});

describe('completions', () => {
  it('name the prompt as its server does', async () => {
    const ref = { type: 'ref/prompt', name: 'one__plan', title: 'kept' };
    const params = { ref, argument: { name: 'topic', value: 'a' }, context: { arguments: {} } };
    await ask(portal, 'completion/complete', params);
    expect(one.last('completion/complete').message.params).toMatchObject({
      ...params,
      ref: { type: 'ref/prompt', name: 'plan', title: 'kept' },
    });
  });

  it('name a template as it is listed', async () => {
    const ref = { type: 'ref/resource', uri: 'doc://{+any}' };
    const { answer } = await ask(portal, 'completion/complete', {
      ref,
      argument: { name: 'any', value: '' },
    });
    expect(answer.result?.who).toBe('two');
  });

  it.each([[undefined], [{ type: 'ref/tool', name: 'one__a' }], [{ type: 'ref/prompt', name: 'plan' }]])(
    'refuse the reference %j',
    async (ref) => {
      expect((await ask(portal, 'completion/complete', { ref })).answer.error?.code).toBe(-32602);
    },
  );
});

describe('what the portal says of itself', () => {
  it('is what this person’s servers can do, without what is not relayed', async () => {
    const capabilities = async (token: string) =>
      (await ask(portal, 'server/discover', {}, { token })).answer.result?.capabilities;
    expect(await capabilities('alice')).toEqual({
      tools: {},
      prompts: {},
      resources: {},
      completions: {},
      logging: {},
    });
    expect(await capabilities('bob')).toEqual({ tools: {}, prompts: {}, resources: {}, completions: {} });
  });

  it('has the instructions of its servers', async () => {
    const { answer } = await ask(portal, 'server/discover');
    expect(answer.result?.instructions).toBe('# The one server (one__)\n\nUse one gently.');
  });
});
