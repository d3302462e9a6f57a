import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LegacySessions } from '../../lambdas/portal/upstream/legacy-sessions.ts';
import { createUpstreams } from '../../lambdas/portal/upstream/upstreams.ts';
import { createOutgoing } from '../../lambdas/shared/outgoing.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';
import { type EverythingServer, startEverything } from '../fixtures/upstreams/everything.ts';
import {
  beginEvents,
  type Message,
  type Received,
  type ScriptedServer,
  sendJson,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { ask } from './clients.ts';
import { LOOPBACK, MemoryVault, serverOf, startPortal, type TestPortal } from './portal.ts';

const META = 'io.modelcontextprotocol/';
const offers = {
  era: 'legacy' as const,
  tools: [{ name: 'echo', inputSchema: { type: 'object' } }],
  resources: [{ uri: 'file:///a', name: 'a' }],
};

/** Opens sessions with ids 1, 2, 3 and answers calls with `answer`. */
function legacyScript(answer: ScriptedServer['script']): ScriptedServer['script'] {
  let sessions = 0;
  return (received, response) => {
    const { method } = received.message;
    if (method !== 'initialize')
      return method?.startsWith('notifications/')
        ? void response.writeHead(202).end()
        : answer(received, response);
    sessions += 1;
    response.setHeader('mcp-session-id', `session-${sessions}`);
    sendResult(response, received, { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: {} });
  };
}

const echo = (portal: TestPortal, token = 'alice', meta = {}) =>
  ask(portal, 'tools/call', { name: 'old__echo', arguments: {} }, { token, meta });
const methods = ({ received }: ScriptedServer) => received.map(({ message }) => message.method);

describe('a legacy server behind the portal', () => {
  let upstream: ScriptedServer;
  let portal: TestPortal;

  async function start(answer: ScriptedServer['script']): Promise<void> {
    upstream = await startScriptedServer(legacyScript(answer));
    portal = await startPortal([serverOf('old', upstream.url, offers)]);
  }
  const content: ScriptedServer['script'] = (received, response) =>
    sendResult(response, received, { content: [] });

  afterEach(async () => {
    await portal.close();
    await upstream.close();
  });

  it('is initialized once per person, without any capability, and then called in its session and version', async () => {
    await start(content);
    await Promise.all([echo(portal), echo(portal)]);
    await echo(portal, 'bob');
    expect(methods(upstream).filter((method) => method === 'initialize')).toHaveLength(2);
    expect(upstream.last('initialize').message.params).toEqual({
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'sallyport', version: '0.1.0' },
    });
    const calls = upstream.received.filter(({ message }) => message.method === 'tools/call');
    expect(calls.map(({ headers }) => headers['mcp-session-id'])).toEqual([
      'session-1',
      'session-1',
      'session-2',
    ]);
    expect(calls[0]?.headers['mcp-protocol-version']).toBe('2025-06-18');
    expect(calls[0]?.headers['mcp-method']).toBeUndefined();
  });

  it('is not sent the metadata of the modern protocol, but the caller’s own', async () => {
    await start(content);
    await echo(portal, 'alice', { traceparent: '00-abc-def-01' });
    expect(upstream.last('tools/call').message.params).toEqual({
      name: 'echo',
      arguments: {},
      _meta: { traceparent: '00-abc-def-01' },
    });
  });

  it.each([
    ['404', 404, undefined],
    ['400 with a code of the implementation', 400, -32000],
  ])(
    'is given a new session, and the call again, when it lost the old one (%s)',
    async (_how, status, code) => {
      const known = new Set(['session-2']);
      await start((received, response) =>
        known.has(String(received.headers['mcp-session-id']))
          ? sendResult(response, received, { content: [] })
          : sendJson(
              response,
              code ? { jsonrpc: '2.0', id: null, error: { code, message: 'session?' } } : 'gone',
              status,
            ),
      );
      expect((await echo(portal)).answer.result).toMatchObject({ content: [] });
      expect(upstream.last('tools/call').headers['mcp-session-id']).toBe('session-2');
    },
  );

  it('is not asked for ever when no session will do', async () => {
    await start((_received, response) => sendJson(response, 'gone', 404));
    expect((await echo(portal)).answer.error).toMatchObject({ code: 502 });
    expect(methods(upstream).filter((method) => method === 'tools/call')).toHaveLength(2);
  });

  it('has its own requests refused, except a ping', async () => {
    const answers: Message[] = [];
    await start(async (received, response) => {
      if (received.message.method === undefined) {
        answers.push(received.message);
        response.writeHead(202).end();
        return;
      }
      const write = beginEvents(response);
      write({ jsonrpc: '2.0', id: 1, method: 'sampling/createMessage', params: {} });
      write({ jsonrpc: '2.0', id: 2, method: 'ping' });
      while (answers.length < 2) await new Promise((next) => setImmediate(next));
      write({ jsonrpc: '2.0', id: received.message.id, result: { content: [] } });
      response.end();
    });
    await echo(portal);
    expect(answers.find(({ id }) => id === 1)?.error).toMatchObject({ code: -32601 });
    expect(answers.find(({ id }) => id === 2)?.result).toEqual({});
  });

  it('is given up at once when it asks without a session, in which it could take no answer', async () => {
    await start(() => undefined);
    upstream.script = (received, response) => {
      if (received.message.method === 'initialize')
        sendResult(response, received, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: {} });
      else if (received.message.method === 'tools/call')
        beginEvents(response)({ jsonrpc: '2.0', id: 1, method: 'elicitation/create', params: {} });
      else response.writeHead(202).end();
    };
    const { answer } = await echo(portal);
    expect(answer.error?.message).toContain('asks its client for something');
  });

  it('has its “resource not found” told in the words of the modern protocol, and back for legacy callers', async () => {
    await start(({ message }, response) =>
      sendJson(response, { jsonrpc: '2.0', id: message.id, error: { code: -32002, message: 'no such' } }),
    );
    const { answer } = await ask(portal, 'resources/read', { uri: 'file:///a' });
    expect(answer.error).toEqual({ code: -32602, message: 'no such', data: { uri: 'file:///a' } });
    const params = { uri: 'file:///a' };
    const legacy = await portal.post(
      JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'resources/read', params }),
    );
    expect(await legacy.json()).toMatchObject({ error: { code: -32002, message: 'no such' } });
  });

  it('has a URL that it wants opened passed on to callers that can open one', async () => {
    const elicitations = [
      { mode: 'url', elicitationId: 'e1', url: 'https://a.example/', message: 'Sign in' },
    ];
    await start(({ message }, response) =>
      sendJson(response, {
        jsonrpc: '2.0',
        id: message.id,
        error: { code: -32042, message: 'URL needed', data: { elicitations } },
      }),
    );
    const able = await echo(portal, 'alice', { [`${META}clientCapabilities`]: { elicitation: { url: {} } } });
    expect(able.answer.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { e1: { method: 'elicitation/create', params: { url: 'https://a.example/' } } },
    });
    expect((await echo(portal)).answer.error).toMatchObject({ code: -32603, message: 'URL needed' });
  });

  it('has its results completed with what modern callers require', async () => {
    await start((received, response) => sendResult(response, received, { contents: [] }));
    const { answer } = await ask(portal, 'resources/read', { uri: 'file:///a' });
    expect(answer.result).toMatchObject({
      resultType: 'complete',
      ttlMs: 0,
      cacheScope: 'private',
      contents: [],
    });
  });

  it('is never sent a session of another address', async () => {
    await start(content);
    await echo(portal);
    const elsewhere = await startScriptedServer(legacyScript(content));
    portal.publish([serverOf('old', elsewhere.url, offers)]);
    await echo(portal);
    const [first] = elsewhere.received as [Received];
    expect(first.message.method).toBe('initialize');
    expect(first.headers['mcp-session-id']).toBeUndefined();
    await elsewhere.close();
  });

  it('is told when a call is given up', async () => {
    await start(content);
    await echo(portal);
    const { vault } = portal;
    await portal.close();
    portal = await startPortal([serverOf('old', upstream.url, offers)], { vault, callLimitMs: 400 });
    upstream.script = () => undefined;
    expect((await echo(portal)).answer.error).toMatchObject({ code: 504 });
    while (!methods(upstream).includes('notifications/cancelled'))
      await new Promise((next) => setImmediate(next));
    expect(upstream.last('notifications/cancelled').message.params?.requestId).toBe(
      upstream.last('tools/call').message.id,
    );
  });
});

describe('server-everything behind two execution environments', () => {
  let store: TestStore;
  let everything: EverythingServer;
  const outgoing = createOutgoing(LOOPBACK);

  beforeAll(async () => {
    [store, everything] = await Promise.all([startTestStore(), startEverything()]);
  });
  afterAll(async () => {
    outgoing.close();
    await everything.stop();
    await store.close();
  });

  it('keeps one session per person in the vault, and heals it everywhere after a restart', async () => {
    const vault = new Table(store.tableName('vault'));
    const server = { id: 'old', url: everything.url };
    const [one, two] = [new LegacySessions(outgoing, vault), new LegacySessions(outgoing, vault)];
    const first = await one.open(server, 'p_alice');
    expect(await two.open(server, 'p_alice')).toEqual(first);
    expect((await two.open(server, 'p_bob')).id).not.toBe(first.id);

    const { url: _url, ...rest } = serverOf('old', everything.url, offers);
    const portals = await Promise.all(
      [0, 1].map(() =>
        startPortal([{ ...rest, url: everything.url }], { upstreams: createUpstreams(outgoing, vault) }),
      ),
    );
    const call = (portal: TestPortal | undefined) =>
      portal
        ? ask(portal, 'tools/call', { name: 'old__echo', arguments: { message: 'hi' } })
        : Promise.reject(new Error('no portal'));
    await Promise.all(portals.map(call));
    await everything.restart();
    for (const portal of portals) {
      const { answer } = await call(portal);
      expect(answer.result?.content).toEqual([{ type: 'text', text: 'Echo: hi' }]);
    }
    await Promise.all(portals.map((portal) => portal.close()));
  });

  it('stores sessions with their end, under keys that only the relay may touch', async () => {
    const vault = new MemoryVault();
    await new LegacySessions(outgoing, vault).open({ id: 'old', url: everything.url }, 'p_alice');
    const [item] = [...vault.items.values()];
    expect(item).toMatchObject({
      pk: 'upstream-session#old#p_alice',
      sk: 'current',
      ttl: expect.any(Number),
    });
  });
});
