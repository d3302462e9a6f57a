import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  type ScriptedServer,
  sendJson,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { type Answer, ask } from './clients.ts';
import { serverOf, startPortal, type TestPortal } from './portal.ts';

const offers = { tools: [{ name: 'read', inputSchema: { type: 'object' } }] };
let upstream: ScriptedServer;
let portal: TestPortal;

beforeAll(async () => {
  upstream = await startScriptedServer(() => undefined);
  portal = await startPortal([serverOf('shaky', upstream.url, offers)], { callLimitMs: 4_000 });
});
afterAll(async () => {
  await portal.close();
  await upstream.close();
});

const call = (): Promise<{ status: number; answer: Answer }> =>
  ask(portal, 'tools/call', { name: 'shaky__read', arguments: {} });

describe('a server that fails', () => {
  const leak = /127\.0\.0\.1|https?:|ECONN|stack|secret|node:/i;
  afterEach(() => {
    upstream.received.length = 0;
  });

  it.each<[string, string, ScriptedServer['script'], string]>([
    ['answers 500', 'answered with an error', (_r, s) => sendJson(s, 'stack: secret', 500), 'error 502'],
    [
      'answers 503 in JSON-RPC',
      'answered with an error',
      (_r, s) => sendJson(s, { error: 'secret' }, 503),
      'error 502',
    ],
    ['wants a sign-in', 'asks for a sign-in', (_r, s) => sendJson(s, {}, 401), 'error 502'],
    ['answers HTML', 'not valid MCP', (_r, s) => void s.writeHead(200).end('<html>secret'), 'unknown 502'],
    [
      'answers another request',
      'not valid MCP',
      (_r, s) => sendJson(s, { jsonrpc: '2.0', id: 'x', result: {} }),
      'unknown 502',
    ],
    [
      'answers in endless depth',
      'not valid MCP',
      ({ message }, s) => {
        const depth = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
        s.writeHead(200, { 'content-type': 'application/json' });
        s.end(`{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":{"content":${depth}}}`);
      },
      'unknown 502',
    ],
    ['answers a number', 'not valid MCP', (r, s) => sendResult(s, r, 7), 'unknown 502'],
    [
      'answers a task',
      'not valid MCP',
      (r, s) => sendResult(s, r, { resultType: 'task', task: {} }),
      'unknown 502',
    ],
    ['hangs up at once', 'closed the connection', (_r, s) => void s.destroy(), 'unknown 502'],
    [
      'ends its stream early',
      'closed the connection',
      (_r, s) => void s.writeHead(200, { 'content-type': 'text/event-stream' }).end(': nothing\n\n'),
      'unknown 502',
    ],
    [
      'answers too much',
      'too large',
      (r, s) => sendResult(s, r, { content: 'x'.repeat(10 * 1024 * 1024) }),
      'unknown 502',
    ],
    [
      'streams too much',
      'too large',
      (_r, s) => {
        s.writeHead(200, { 'content-type': 'text/event-stream' });
        const more = () => void (s.destroyed || s.write(`data: ${'x'.repeat(1024 * 1024)}`, () => more()));
        more();
      },
      'unknown 502',
    ],
    [
      'redirects elsewhere',
      'could not be reached',
      (_r, s) => void s.writeHead(307, { location: 'http://169.254.169.254/' }).end(),
      'error 502',
    ],
    ['says nothing', 'did not answer in time', () => undefined, 'unknown 504'],
    [
      'changed its version',
      'speaks another protocol version',
      ({ message }, s) =>
        sendJson(s, { jsonrpc: '2.0', id: message.id, error: { code: -32022, message: 'v' } }, 400),
      'error 502',
    ],
  ])('%s: the caller is told in plain words, by its title', async (_how, words, script, recorded) => {
    upstream.script = script;
    portal.audit.entries = [];
    const { status, answer } = await call();
    expect(status).toBe(200);
    expect(answer.error?.message).toContain('The server "The shaky server"');
    expect(answer.error?.message).toContain(words);
    expect(JSON.stringify(answer.error)).not.toMatch(leak);
    expect(portal.audit.of('tools/call')).toEqual(['intent', recorded]);
  });

  it('is not reached at all: said likewise, and nothing can have happened', async () => {
    const gone = await startScriptedServer(() => undefined);
    await gone.close();
    const lonely = await startPortal([serverOf('gone', gone.url, offers)]);
    const { answer } = await ask(lonely, 'tools/call', { name: 'gone__read', arguments: {} });
    expect(answer.error).toMatchObject({
      code: 502,
      data: { reason: 'upstream_unreachable', server: 'The gone server' },
    });
    expect(JSON.stringify(answer.error)).not.toMatch(leak);
    expect(lonely.audit.of('tools/call')).toEqual(['intent', 'error 502']);
    await lonely.close();
  });

  it.each([
    ['is sent again when it only reads', 'read-only', 3, undefined],
    ['is not sent again when it may change something', 'write', 2, 502],
  ] as const)('closes a connection that was kept: a call %s', async (_what, risk, requests, errorCode) => {
    const moody = await startScriptedServer((received, response) => {
      if (moody.received.length === 2) response.socket?.resetAndDestroy();
      else sendResult(response, received, { resultType: 'complete', content: [] });
    });
    const other = await startPortal([serverOf('moody', moody.url, offers, { risks: { read: risk } })]);
    const callMoody = () => ask(other, 'tools/call', { name: 'moody__read', arguments: {} });
    expect((await callMoody()).answer.error).toBeUndefined();
    expect((await callMoody()).answer.error?.code).toBe(errorCode);
    expect(moody.received).toHaveLength(requests);
    await other.close();
    await moody.close();
  });
});
