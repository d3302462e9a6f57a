import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  beginEvents,
  type Message,
  type ScriptedServer,
  sendJson,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { ask, modernRequest } from './clients.ts';
import { serverOf, startPortal, type TestPortal } from './portal.ts';

const META = 'io.modelcontextprotocol/';
const strange = {
  name: 'draw',
  title: 'Zeichnen',
  execution: { taskSupport: 'optional' },
  'x-vendor': { deep: [1, { two: null }] },
  inputSchema: {
    type: 'object',
    properties: { shape: { type: 'string', 'x-mcp-header': 'Shape' } },
    $defs: { a: { 'x-odd': true } },
  },
  outputSchema: { type: 'array', items: { type: 'integer' } },
  icons: [{ src: 'https://x.example/i.png', 'x-theme': 'dark' }],
  annotations: { readOnlyHint: true, 'x-hint': 1 },
  _meta: { 'vendor.example/colour': 'red', 'io.modelcontextprotocol/ui': { resourceUri: 'ui://draw' } },
};

let upstream: ScriptedServer;
let portal: TestPortal;

beforeAll(async () => {
  upstream = await startScriptedServer(() => undefined);
  portal = await startPortal([serverOf('art', upstream.url, { tools: [strange] })]);
});

beforeEach(() => {
  upstream.received.length = 0;
  upstream.script = (received, response) =>
    sendResult(response, received, { resultType: 'complete', content: [] });
});

afterAll(async () => {
  await portal.close();
  await upstream.close();
});

const draw = (args: Record<string, unknown>, options: Parameters<typeof ask>[3] = {}) =>
  ask(portal, 'tools/call', { name: 'art__draw', arguments: args }, options);
const metaOf = ({ params }: Message) => (params?._meta ?? {}) as Record<string, unknown>;
const sentMeta = () => metaOf(upstream.last('tools/call').message);
const sent = (): Message['params'] => upstream.last('tools/call').message.params;

describe('towards the server', () => {
  it('arguments, unknown parameters and vendors’ metadata arrive as they were sent', async () => {
    const odd = { a: [null, { b: '\u2028"\\', '': 0 }], __proto__x: 1 };
    const { body, headers } = modernRequest(
      'tools/call',
      { name: 'art__draw', arguments: odd, vendorParam: { keep: true }, requestState: 'opaque==' },
      { traceparent: '00-abc-def-01', 'vendor.example/tenant': 7 },
    );
    await portal.post(body, headers);
    expect(sent()).toMatchObject({
      name: 'draw',
      arguments: odd,
      vendorParam: { keep: true },
      requestState: 'opaque==',
      _meta: { traceparent: '00-abc-def-01', 'vendor.example/tenant': 7 },
    });
  });

  it('numbers beyond a double keep their digits, there and back', async () => {
    upstream.script = ({ message }, response) =>
      sendJson(
        response,
        `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"resultType":"complete","structuredContent":{"id":98765432109876543210,"rate":0.1234567890123456789}}}`,
      );
    const { body, headers } = modernRequest('tools/call', { name: 'art__draw', arguments: { n: 'N' } });
    const response = await portal.post(body.replace('"N"', '12345678901234567890'), headers);
    expect(upstream.last('tools/call').body).toContain('"n":12345678901234567890');
    expect(await response.text()).toContain('{"id":98765432109876543210,"rate":0.1234567890123456789}');
  });

  it('a member called __proto__ is data like any other', async () => {
    const { body, headers } = modernRequest('tools/call', { name: 'art__draw', arguments: { p: 'P' } });
    await portal.post(body.replace('{"p":"P"}', '{"__proto__":{"polluted":1}}'), headers);
    expect(upstream.last('tools/call').body).toContain('"arguments":{"__proto__":{"polluted":1}}');
  });

  it('the request is the portal’s own: fresh id, own name, headers of the rewritten body', async () => {
    await draw(
      { shape: 'Würfel' },
      {
        headers: { 'mcp-param-shape': `=?base64?${Buffer.from('Würfel').toString('base64')}?=` },
        meta: { [`${META}clientInfo`]: { name: 'caller', version: '9' } },
      },
    );
    const { message, headers } = upstream.last('tools/call');
    expect(message.id).not.toBe('call-1');
    expect(headers).toMatchObject({
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'draw',
      'mcp-param-shape': '=?base64?V8O8cmZlbA==?=',
    });
    expect(message.params?._meta).toMatchObject({ [`${META}clientInfo`]: { name: 'sallyport' } });
  });

  it('a tool that wants other headers than when it was synced is asked again with those', async () => {
    const changed = {
      ...strange,
      inputSchema: { type: 'object', properties: { size: { type: 'integer', 'x-mcp-header': 'Size' } } },
    };
    upstream.script = (received, response) => {
      const { message, headers } = received;
      if (message.method === 'tools/list')
        sendResult(response, received, { resultType: 'complete', tools: [changed] });
      else if (headers['mcp-param-size'] === '3')
        sendResult(response, received, { resultType: 'complete', content: [] });
      else
        sendJson(
          response,
          { jsonrpc: '2.0', id: message.id, error: { code: -32020, message: 'Size?' } },
          400,
        );
    };
    expect((await draw({ size: 3 })).answer.result).toMatchObject({ content: [] });
    expect((await draw({ size: 4 })).answer.error).toMatchObject({ code: 502 });
    expect(upstream.received.map(({ message }) => message.method)).toEqual(
      'tools/call tools/list tools/call tools/call tools/list tools/call'.split(' '),
    );
  });

  it('nothing of the caller’s credentials or headers goes along', async () => {
    await draw({}, { headers: { cookie: 'a=b', 'x-forwarded-for': '10.0.0.1', 'mcp-session-id': 's' } });
    const { headers, body } = upstream.last('tools/call');
    expect(Object.keys(headers)).toEqual(
      expect.not.arrayContaining(['authorization', 'cookie', 'x-forwarded-for', 'mcp-session-id']),
    );
    expect(body).not.toContain('alice');
  });

  it('capabilities are the caller’s, without those that the portal does not relay', async () => {
    const clientCapabilities = {
      elicitation: { url: {} },
      tasks: { list: {} },
      extensions: { [`${META}tasks`]: {}, [`${META}ui`]: { mimeTypes: ['text/html'] } },
      'x-own': { a: 1 },
    };
    await draw({}, { meta: { [`${META}clientCapabilities`]: clientCapabilities } });
    expect(sentMeta()[`${META}clientCapabilities`]).toEqual({
      elicitation: { url: {} },
      extensions: { [`${META}ui`]: { mimeTypes: ['text/html'] } },
      'x-own': { a: 1 },
    });
  });
});

describe('towards the caller', () => {
  it('a definition is listed as its server gave it, but for its name', async () => {
    const { answer } = await ask(portal, 'tools/list');
    expect(answer.result?.tools).toEqual([{ ...strange, name: 'art__draw' }]);
  });

  it('unknown content, fields and metadata arrive unharmed', async () => {
    const result = {
      resultType: 'complete',
      content: [
        { type: 'hologram', data: { x: 1 } },
        { type: 'text', text: 'hi', 'x-font': 'serif' },
      ],
      structuredContent: [1, 2, 3],
      'x-more': { a: null },
      _meta: { 'vendor.example/cost': 3 },
    };
    upstream.script = (received, response) => sendResult(response, received, result);
    const { answer } = await draw({});
    expect(answer.id).toBe('call-1');
    expect(answer.result).toEqual({
      ...result,
      _meta: {
        'vendor.example/cost': 3,
        [`${META}serverInfo`]: { name: 'sallyport', version: '0.1.0', title: 'Example tools' },
      },
    });
  });

  it('a legacy caller gets the same without the modern members, and structure as an object', async () => {
    upstream.script = (received, response) =>
      sendResult(response, received, {
        resultType: 'complete',
        content: [{ type: 'hologram' }],
        structuredContent: [1, 2],
        _meta: { 'vendor.example/cost': 3, [`${META}serverInfo`]: { name: 'x', version: '1' } },
      });
    const params = { name: 'art__draw', arguments: {} };
    const response = await portal.post(
      JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params }),
    );
    expect(await response.json()).toEqual({
      jsonrpc: '2.0',
      id: 5,
      result: {
        content: [{ type: 'hologram' }],
        structuredContent: { result: [1, 2] },
        _meta: { 'vendor.example/cost': 3 },
      },
    });
  });

  it('a server’s own error keeps its code, message and data', async () => {
    upstream.script = ({ message }, response) =>
      sendJson(response, {
        jsonrpc: '2.0',
        id: message.id,
        error: { code: 1234, message: 'no ink', data: [1] },
      });
    const { status, answer } = await draw({});
    expect([status, answer.error]).toEqual([200, { code: 1234, message: 'no ink', data: [1] }]);
  });

  it('input_required is relayed when the caller’s capabilities cover it, and nothing in it changes', async () => {
    const result = {
      resultType: 'input_required',
      requestState: 'opaque==',
      inputRequests: {
        'k 1': { method: 'elicitation/create', params: { mode: 'form', message: 'Colour?' } },
      },
    };
    upstream.script = (received, response) => sendResult(response, received, result);
    const covered = { [`${META}clientCapabilities`]: { elicitation: {} } };
    expect((await draw({}, { meta: covered })).answer.result).toMatchObject(result);
    const { status, answer } = await draw({});
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({
      code: -32021,
      data: { requiredCapabilities: { elicitation: { form: {} } } },
    });
  });

  it('input_required becomes a tool error with the link for a legacy caller', async () => {
    upstream.script = (received, response) =>
      sendResult(response, received, {
        resultType: 'input_required',
        inputRequests: {
          a: {
            method: 'elicitation/create',
            params: { mode: 'url', message: 'Sign in.', url: 'https://a.example/' },
          },
        },
      });
    const params = { name: 'art__draw', arguments: {} };
    const response = await portal.post(
      JSON.stringify({ jsonrpc: '2.0', id: 5, method: 'tools/call', params }),
    );
    const { result } = (await response.json()) as Message;
    expect(result?.isError).toBe(true);
    expect(JSON.stringify(result?.content)).toContain('https://a.example/');
  });
});

describe('messages ahead of the result', () => {
  const notifying =
    (level: string): ScriptedServer['script'] =>
    ({ message }, response) => {
      const write = beginEvents(response);
      const meta = metaOf(message);
      const { progressToken } = meta;
      write({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
      write({ jsonrpc: '2.0', method: 'notifications/message', params: { level, data: 'x' } });
      write({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken: 'other', progress: 1 },
      });
      write({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken, progress: 1, 'x-eta': 3 },
      });
      write({ jsonrpc: '2.0', id: message.id, result: { resultType: 'complete', content: [] } });
      response.end();
    };

  async function events(meta: Record<string, unknown>, headers: Record<string, string> = {}) {
    const request = modernRequest('tools/call', { name: 'art__draw', arguments: {} }, meta);
    const response = await portal.post(request.body, { ...request.headers, ...headers });
    const text = await response.text();
    const messages = [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as Message,
    );
    return { response, text, messages };
  }

  it('make the answer an event stream, with the caller’s own progress token', async () => {
    upstream.script = notifying('info');
    const { response, messages } = await events({ progressToken: 7 });
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    expect(messages.map(({ method }) => method)).toEqual(['notifications/progress', undefined]);
    expect(messages[0]?.params).toEqual({ progressToken: 7, progress: 1, 'x-eta': 3 });
    expect(messages[1]).toMatchObject({ id: 'call-1', result: { resultType: 'complete' } });
  });

  it('are log messages only from the level that the caller asked for', async () => {
    upstream.script = notifying('info');
    const asked = await events({ [`${META}logLevel`]: 'debug' });
    expect(asked.messages.map(({ method }) => method)).toEqual(['notifications/message', undefined]);
    const less = await events({ [`${META}logLevel`]: 'error' });
    expect(less.response.headers.get('content-type')).toBe('application/json');
  });

  it('are left out for a caller that takes no streams', async () => {
    upstream.script = notifying('info');
    const { text } = await events({ progressToken: 7 }, { accept: 'application/json' });
    expect(JSON.parse(text)).toMatchObject({ id: 'call-1', result: { content: [] } });
  });

  it('end with the call when the caller closes the stream, and the server is told', async () => {
    let gone: Promise<unknown> = Promise.resolve();
    upstream.script = ({ message }, response) => {
      gone = new Promise((done) => response.once('close', done));
      const { progressToken } = metaOf(message);
      beginEvents(response)({
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken, progress: 1 },
      });
    };
    const leave = new AbortController();
    const request = modernRequest('tools/call', { name: 'art__draw', arguments: {} }, { progressToken: 1 });
    const response = await fetch(portal.url, {
      method: 'POST',
      body: request.body,
      headers: { ...request.headers, 'content-type': 'application/json', authorization: 'Bearer alice' },
      signal: leave.signal,
    });
    await response.body?.getReader().read();
    leave.abort();
    await gone;
    await portal.audit.recorded(({ status }) => status === 'cancelled');
  });
});

describe('what the portal answers itself', () => {
  it('server/discover lists the versions and what is really served', async () => {
    const { answer } = await ask(portal, 'server/discover');
    expect(answer.result).toMatchObject({
      resultType: 'complete',
      supportedVersions: ['2026-07-28'],
      capabilities: { tools: {}, prompts: {}, resources: {}, completions: {} },
      cacheScope: 'private',
      ttlMs: expect.any(Number),
    });
  });

  it('subscriptions/listen is acknowledged with an empty filter and completes at once', async () => {
    const { body, headers } = modernRequest('subscriptions/listen', {
      notifications: { toolsListChanged: true },
    });
    const text = await (await portal.post(body, headers)).text();
    const messages = [...text.matchAll(/^data: (.*)$/gm)].map(
      ([, data]) => JSON.parse(data ?? '') as Message,
    );
    const _meta = { [`${META}subscriptionId`]: 'call-1' };
    expect(messages).toMatchObject([
      { method: 'notifications/subscriptions/acknowledged', params: { notifications: {}, _meta } },
      { id: 'call-1', result: { resultType: 'complete', _meta } },
    ]);
  });
});
