import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ScriptedServer,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { type Answer, ask, modernRequest } from './clients.ts';
import { serverOf, startPortal, type TestPortal } from './portal.ts';

const META = 'io.modelcontextprotocol/';
const tool = {
  name: 'move',
  inputSchema: {
    type: 'object',
    properties: {
      region: { type: 'string', 'x-mcp-header': 'Region' },
      count: { type: 'integer', 'x-mcp-header': 'Count' },
    },
  },
};

let upstream: ScriptedServer;
let portal: TestPortal;

beforeAll(async () => {
  upstream = await startScriptedServer((received, response) =>
    sendResult(response, received, { resultType: 'complete', content: [] }),
  );
  portal = await startPortal([serverOf('box', upstream.url, { tools: [tool] })]);
});

afterAll(async () => {
  await portal.close();
  await upstream.close();
});

const post = async (body: string, sent: Record<string, string> = {}) => {
  const response = await portal.post(body, sent);
  const { status, headers } = response;
  return { status, headers, answer: (await response.json()) as Answer };
};
const call = (headers: Record<string, string>, args: Record<string, unknown> = {}) =>
  ask(portal, 'tools/call', { name: 'box__move', arguments: args }, { headers });

describe('who may speak to the portal', () => {
  const list = modernRequest('tools/list');

  it('refuses pages of foreign origins with 403, before anything else', async () => {
    const { status, answer } = await post('{', { ...list.headers, origin: 'https://evil.example' });
    expect([status, answer.id]).toEqual([403, null]);
  });

  it.each(['https://sallyport.test', 'https://page.example'])('lets the origin %s in', async (origin) => {
    const { status, headers } = await post(list.body, { ...list.headers, origin });
    expect([status, headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  });

  it('answers 401 with a challenge to a token that is not valid', async () => {
    const response = await portal.post(list.body, { ...list.headers, authorization: 'Bearer forged' });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      'Bearer error="invalid_token", resource_metadata="https://sallyport.test/.well-known/oauth-protected-resource/mcp", scope="mcp"',
    );
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_token' } });
  });

  it('answers 400 to a token in the query, even beside a good one', async () => {
    const response = await fetch(`${portal.url}?access_token=alice`, {
      method: 'POST',
      body: list.body,
      headers: { ...list.headers, 'content-type': 'application/json', authorization: 'Bearer alice' },
    });
    expect(response.status).toBe(400);
  });

  it('asks on every request whether the session still stands', async () => {
    portal.sessions.ended.add('bob');
    const response = await portal.post(list.body, { ...list.headers, authorization: 'Bearer bob' });
    portal.sessions.ended.delete('bob');
    expect(response.status).toBe(401);
  });

  it('refuses with 403 a person whom the portal denies, says why, and records it', async () => {
    const { status, answer } = await ask(portal, 'tools/list', {}, { token: 'carol' });
    expect(status).toBe(403);
    expect(answer.error?.message).toContain('No policy of this portal allows you');
    expect(portal.audit.last()).toMatchObject({
      exchange: { decision: { allowed: false, level: 'portal', policy: null } },
      outcome: { status: 'denied' },
    });
  });
});

describe('what a message must be', () => {
  it.each([
    ['text', 415, -1, 'hello', { 'content-type': 'text/plain' }],
    ['no JSON', 400, -32700, '{"jsonrpc":', {}],
    [
      'data that is nested so deeply that nobody could write it',
      400,
      -32700,
      `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
      {},
    ],
    ['a string', 400, -32600, '"ping"', {}],
    ['another version of JSON-RPC', 400, -32600, '{"jsonrpc":"1.0","id":1,"method":"ping"}', {}],
    ['no method', 400, -32600, '{"jsonrpc":"2.0","id":1,"result":{}}', {}],
    ['an id that is null', 400, -32600, '{"jsonrpc":"2.0","id":null,"method":"ping"}', {}],
    ['parameters by position', 400, -32600, '{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}', {}],
  ])('refuses %s with HTTP %i', async (_what, status, errorCode, body, headers) => {
    const got = await post(body, headers);
    expect(got.status).toBe(status);
    if (errorCode !== -1) expect(got.answer.error?.code).toBe(errorCode);
  });

  it('refuses a body above 4 MiB with 413, counted in bytes', async () => {
    const { body, headers } = modernRequest('tools/list', { filler: 'é'.repeat(2.1 * 1024 * 1024) });
    expect((await post(body, headers)).status).toBe(413);
  });

  it('answers the id that was sent, errors included', async () => {
    const { answer } = await post('{"jsonrpc":"2.0","id":"a-7","method":"nothing"}');
    expect(answer.id).toBe('a-7');
  });

  it('takes notifications with 202 and no body', async () => {
    const response = await portal.post('{"jsonrpc":"2.0","method":"notifications/initialized"}');
    expect([response.status, await response.text()]).toEqual([202, '']);
  });
});

describe('what a modern request must carry', () => {
  const list = modernRequest('tools/list');
  const withMeta = (meta: unknown) =>
    JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta } });

  it.each([
    ['no _meta', undefined],
    ['no capabilities', { [`${META}protocolVersion`]: '2026-07-28' }],
    [
      'capabilities of another type',
      { [`${META}protocolVersion`]: '2026-07-28', [`${META}clientCapabilities`]: 1 },
    ],
    ['no version', { [`${META}clientCapabilities`]: {} }],
  ])('answers -32602 and HTTP 400 to %s', async (_what, meta) => {
    const { status, answer } = await post(withMeta(meta), list.headers);
    expect([status, answer.error?.code]).toEqual([400, -32602]);
  });

  it('answers -32022 to another version, with what it serves', async () => {
    const meta = { [`${META}protocolVersion`]: '2027-01-01', [`${META}clientCapabilities`]: {} };
    const { status, answer } = await post(withMeta(meta), {
      ...list.headers,
      'mcp-protocol-version': '2027-01-01',
    });
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({
      code: -32022,
      data: { supported: ['2026-07-28'], requested: '2027-01-01' },
    });
  });

  it.each([
    ['another Mcp-Name', { 'mcp-name': 'box__other' }],
    ['a name in other case', { 'mcp-name': 'BOX__MOVE' }],
    ['a name in bad base64', { 'mcp-name': '=?base64?bW92Z?=' }],
    ['another Mcp-Method', { 'mcp-method': 'tools/list' }],
    ['a method in other case', { 'mcp-method': 'TOOLS/CALL' }],
    ['another version', { 'mcp-protocol-version': '2025-11-25' }],
  ])('answers -32020 to %s in the headers', async (_what, headers) => {
    const { status, answer } = await call(headers);
    expect([status, answer.error?.code]).toEqual([400, -32020]);
  });

  it.each(['mcp-name', 'mcp-method', 'mcp-protocol-version'])(
    'answers -32020 without %s',
    async (missing) => {
      const { body, headers } = modernRequest('tools/call', { name: 'box__move' });
      delete headers[missing];
      const { status, answer } = await post(body, headers);
      expect([status, answer.error?.code]).toEqual([400, -32020]);
    },
  );

  it.each([
    ['spaces around', '  box__move\t'],
    ['base64', `=?base64?${Buffer.from('box__move').toString('base64')}?=`],
  ])('takes a name with %s', async (_what, name) => {
    expect((await call({ 'mcp-name': name })).status).toBe(200);
  });

  it.each([
    ['a missing parameter header', {}],
    ['another value', { 'mcp-param-region': 'us' }],
    ['bad base64', { 'mcp-param-region': '=?base64?!!?=' }],
  ])('answers -32020 to %s', async (_what, headers) => {
    const { status, answer } = await call(headers, { region: 'eu' });
    expect([status, answer.error?.code]).toEqual([400, -32020]);
  });

  it.each([
    ['equal text', { 'mcp-param-region': 'eu' }, { region: 'eu' }],
    ['an equal integer in another notation', { 'mcp-param-count': '42.0' }, { count: 42 }],
    ['null, whose header is not expected', {}, { region: null }],
    ['an unknown parameter header', { 'mcp-param-other': 'x' }, {}],
  ])('takes %s', async (_what, headers, args) => {
    expect((await call(headers, args)).status).toBe(200);
  });

  it.each([
    'initialize',
    'ping',
    'logging/setLevel',
    'resources/subscribe',
    'tasks/list',
    'constructor',
    '__proto__',
  ])('answers HTTP 404 and -32601 to %s, which modern clients do not have', async (method) => {
    const { status, answer } = await ask(portal, method);
    expect([status, answer.error?.code]).toEqual([404, -32601]);
  });
});

describe('what a legacy request gets', () => {
  const legacy = (method: string, params = {}, headers: Record<string, string> = {}) =>
    post(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }), headers);

  it.each(['ping', 'logging/setLevel'])('is empty for %s, with no record', async (method) => {
    portal.audit.entries = [];
    expect((await legacy(method)).answer.result).toEqual({});
    expect(portal.audit.entries).toEqual([]);
  });

  it('is -32601 in the answer for a method that there is not', async () => {
    const { status, answer } = await legacy('resources/subscribe', { uri: 'file:///a' });
    expect([status, answer.error?.code]).toEqual([200, -32601]);
  });

  it('has no members of the modern protocol', async () => {
    const { answer } = await legacy('tools/list', {}, { 'mcp-protocol-version': '2025-11-25' });
    expect(Object.keys(answer.result ?? {})).toEqual(['tools']);
  });
});
