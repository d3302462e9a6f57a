import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { logger } from '../../lambdas/shared/logger.ts';
import {
  type ScriptedServer,
  sendJson,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { ask } from './clients.ts';
import { allow, serverOf, startPortal, type TestPortal } from './portal.ts';

const tool = (name: string) => ({ name, inputSchema: { type: 'object' } });
const offers = {
  tools: [tool('look'), tool('write'), tool('new')],
  prompts: [{ name: 'plan' }],
  resources: [{ uri: 'file:///a', name: 'a' }],
};
const risks = { look: 'read-only', write: 'write' } as const;
const engineers = allow('engineers', { group: 'engineering' });

let upstream: ScriptedServer;
let portal: TestPortal;
/** How many records there were when the server was asked. */
let recordsAtCall: number;

const answering: ScriptedServer['script'] = (received, response) => {
  recordsAtCall = portal.audit.entries.length;
  sendResult(response, received, { resultType: 'complete', content: [{ type: 'text', text: 'done' }] });
};
const servers = () => [serverOf('box', upstream.url, offers, { risks, policies: [engineers] })];

beforeAll(async () => {
  logger.setLogLevel('SILENT');
  upstream = await startScriptedServer(answering);
  portal = await startPortal(servers());
});
afterEach(() => {
  portal.audit.entries = [];
  portal.audit.fail = 'none';
  upstream.script = answering;
  upstream.received.length = 0;
  portal.publish(servers());
});
afterAll(async () => {
  await portal.close();
  await upstream.close();
});

const call = (name: string, token = 'alice') =>
  ask(portal, 'tools/call', { name: `box__${name}`, arguments: { a: 1 } }, { token });

describe('the audit of a call', () => {
  it.each(['write', 'new'])(
    'has the intent before %s goes out, and the outcome before it is answered',
    async (name) => {
      await call(name);
      expect(recordsAtCall).toBe(1);
      expect(portal.audit.of('tools/call')).toEqual(['intent', 'success']);
      const [intent, outcome] = portal.audit.entries;
      expect(intent?.exchange).toEqual(outcome?.exchange);
    },
  );

  it('has one record for a tool that was reviewed as read-only', async () => {
    await call('look');
    expect(recordsAtCall).toBe(0);
    expect(portal.audit.of('tools/call')).toEqual(['success']);
  });

  it.each([
    ['prompts/get', { name: 'box__plan' }, 'plan'],
    ['resources/read', { uri: 'file:///a' }, 'file:///a'],
    ['completion/complete', { ref: { type: 'ref/prompt', name: 'box__plan' } }, 'plan'],
  ])('has one record for %s, with the name at the server', async (method, params, name) => {
    await ask(portal, method, params);
    expect(portal.audit.of(method)).toEqual(['success']);
    expect(portal.audit.last().exchange).toMatchObject({ server: 'box', tool: name });
  });

  it.each(['tools/list', 'prompts/list', 'resources/list', 'resources/templates/list', 'server/discover'])(
    'has one record for %s, which no server is asked for',
    async (method) => {
      await ask(portal, method);
      expect(portal.audit.of(method)).toEqual(['success']);
      expect(upstream.received).toEqual([]);
    },
  );

  it('says who, with what client, where, by which rule, how long and how much', async () => {
    const meta = { 'io.modelcontextprotocol/clientInfo': { name: 'some-client', version: '1' } };
    await ask(
      portal,
      'tools/call',
      { name: 'box__look', arguments: {} },
      { meta, headers: { 'user-agent': 'ua/1' } },
    );
    const { exchange, outcome } = portal.audit.last();
    expect(exchange).toMatchObject({
      actor: {
        person: { id: 'p_alice', email: 'alice@example.com' },
        session: 'alice',
        client: { id: 'client-1', name: 'some-client' },
        ip: '203.0.113.7',
        userAgent: 'ua/1',
      },
      portal: 'main',
      method: 'tools/call',
      server: 'box',
      tool: 'look',
      decision: { allowed: true, level: 'server', policy: 'engineers' },
    });
    expect(outcome).toMatchObject({ totalMs: expect.any(Number), upstreamMs: expect.any(Number) });
    expect(outcome.requestBytes).toBeGreaterThan(100);
    expect(outcome.responseBytes).toBeGreaterThan(50);
  });

  it('tells a tool’s own error from a protocol error', async () => {
    upstream.script = (received, response) =>
      sendResult(response, received, { resultType: 'complete', content: [], isError: true });
    await call('write');
    upstream.script = ({ message }, response) =>
      sendJson(response, { jsonrpc: '2.0', id: message.id, error: { code: 42, message: 'no' } });
    await call('write');
    expect(portal.audit.of('tools/call')).toEqual(['intent', 'tool-error', 'intent', 'error 42']);
  });

  it('has a refused call with the rule, of which the caller learns nothing', async () => {
    const refused = await call('write', 'bob');
    const missing = await call('nowhere', 'bob');
    const blurred = (text: string | undefined) => text?.replace(/box__\w+/, 'NAME');
    expect(blurred(refused.answer.error?.message)).toBe(blurred(missing.answer.error?.message));
    expect([refused.status, refused.answer.error?.code]).toEqual([
      missing.status,
      missing.answer.error?.code,
    ]);
    expect(upstream.received).toEqual([]);
    expect(portal.audit.of('tools/call')).toEqual(['denied -32602', 'error -32602']);
    expect(portal.audit.entries[0]?.exchange).toMatchObject({
      server: 'box',
      tool: 'write',
      decision: { allowed: false, level: 'server', policy: null },
    });
  });

  it('keeps what was said only when the portal says so', async () => {
    await call('write');
    expect(portal.audit.last().payload).toBeUndefined();
    portal.publish(servers(), { payloads: 'full' });
    await call('write');
    expect(portal.audit.last().payload).toEqual({
      arguments: { a: 1 },
      answer: expect.objectContaining({ content: [{ type: 'text', text: 'done' }] }),
    });
  });
});

describe('a person whose access ends during a call', () => {
  it.each<[string, (portal: TestPortal) => void, number, string]>([
    ['by the end of the session', ({ sessions }) => sessions.ended.add('alice'), 401, 'cancelled 401'],
    ['by a policy of the portal', (one) => one.publish(servers(), { policies: [] }), 403, 'cancelled 403'],
    [
      'by a policy of the server',
      (one) => one.publish([serverOf('box', upstream.url, offers, { risks, policies: [] })]),
      403,
      'cancelled 403',
    ],
    ['by the server leaving the portal', (one) => one.publish([]), 403, 'cancelled 403'],
  ])('has it ended %s', async (_how, end, errorCode, recorded) => {
    const watched = await startPortal(servers(), { watchMs: 20 });
    upstream.script = () => end(watched);
    const { answer } = await ask(watched, 'tools/call', { name: 'box__write', arguments: {} });
    expect(answer.error?.code).toBe(errorCode);
    expect(watched.audit.of('tools/call')).toEqual(['intent', recorded]);
    await watched.close();
  });
});

describe('when the audit log cannot be written', () => {
  it('a state-changing call is not made', async () => {
    portal.audit.fail = 'intent';
    const { status, answer } = await call('write');
    expect([status, answer.error?.code]).toEqual([503, 503]);
    expect(answer.error?.message).toContain('The call was not made');
    expect(upstream.received).toEqual([]);
  });

  it('a call that was made is answered, since its intent stands', async () => {
    portal.audit.fail = 'outcome';
    expect((await call('write')).answer.result).toMatchObject({ content: [{ text: 'done' }] });
  });

  it.each([
    ['a call that only reads', 'tools/call', { name: 'box__look', arguments: {} }],
    ['a list', 'tools/list', {}],
    ['a refusal', 'tools/call', { name: 'box__nowhere' }],
  ])('%s is not answered, as there would be no trace of it', async (_what, method, params) => {
    portal.audit.fail = 'outcome';
    const { status, answer } = await ask(portal, method, params);
    expect([status, answer.error?.code]).toEqual([503, 503]);
    expect(answer.result).toBeUndefined();
  });
});
