import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  beginEvents,
  type Received,
  type ScriptedServer,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { type Answer, modernRequest } from './clients.ts';
import { allow, serverOf, startPortal, type TestPortal } from './portal.ts';

const tools = ['look', 'change'].map((name) => ({ name, inputSchema: { type: 'object' } }));
const plain: ScriptedServer['script'] = (received, response) =>
  sendResult(response, received, { resultType: 'complete', content: [] });

let upstream: ScriptedServer;
let portal: TestPortal;

beforeAll(async () => {
  upstream = await startScriptedServer(plain);
  portal = await startPortal([
    serverOf('box', upstream.url, { tools }, { risks: { look: 'read-only' } }),
    serverOf('safe', upstream.url, { tools }, { policies: [allow('engineers', { group: 'engineering' })] }),
  ]);
});

beforeEach(() => {
  upstream.script = plain;
  upstream.received.length = 0;
  portal.audit.entries = [];
  portal.audit.fail = 'none';
  portal.sessions.ended.clear();
});

afterAll(async () => {
  await portal.close();
  await upstream.close();
});

type Id = string | number;
const request = (id: Id, method: string, params: object = {}) => ({ jsonrpc: '2.0', id, method, params });
const call = (id: Id, name: string, rest: object = {}) =>
  request(id, 'tools/call', { name, arguments: {}, ...rest });
const notification = { jsonrpc: '2.0', method: 'notifications/initialized' };
const looks = (count: number) => Array.from({ length: count }, (_, index) => call(index, 'box__look'));

async function post(messages: unknown, headers: Record<string, string> = {}, of: TestPortal = portal) {
  const response = await of.post(JSON.stringify(messages), headers);
  const body = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), body };
}

/** Answers by id; whatever has no id is under `null`. */
async function send(messages: unknown[], headers: Record<string, string> = {}, of: TestPortal = portal) {
  const { status, body } = await post(messages, headers, of);
  const answers = JSON.parse(body) as Answer[];
  const byId = new Map(answers.map((answer) => [answer.id, answer]));
  return {
    status,
    answers,
    codeOf: (id: Id | null) => byId.get(id)?.error?.code,
    of: (id: Id) => byId.get(id),
  };
}

describe('a batch', () => {
  it('is answered as an array with one answer for each request, and none for notifications', async () => {
    const { status, answers, of } = await send([
      request('a', 'ping'),
      notification,
      request(2, 'tools/list'),
      call('a-3', 'box__look'),
    ]);
    expect(status).toBe(200);
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set([2, 'a', 'a-3']));
    expect(of('a')?.result).toEqual({});
    expect(of(2)?.result?.tools).toHaveLength(4);
    expect(of('a-3')?.result).toEqual({ content: [] });
  });

  it('belongs to 2025-03-26, named or not', async () => {
    expect((await send([request(1, 'ping')])).of(1)?.result).toEqual({});
    const named = await send([request(1, 'ping')], { 'mcp-protocol-version': '2025-03-26' });
    expect(named.of(1)?.result).toEqual({});
  });

  it.each(['2025-06-18', '2025-11-25', '2026-07-28', 'unheard-of'])('is an error in %s', async (version) => {
    const { status, body } = await post([request(1, 'ping')], { 'mcp-protocol-version': version });
    expect([status, (JSON.parse(body) as Answer).error?.code]).toEqual([400, -32600]);
  });

  it('of notifications alone is taken with 202 and no body', async () => {
    expect(await post([notification, notification])).toEqual({ status: 202, type: null, body: '' });
  });

  it('has an audit record for each message, with the bytes of that message', async () => {
    const messages = [call(1, 'box__look'), call(2, 'box__look', { arguments: { filler: 'é'.repeat(500) } })];
    await send(messages);
    const outcomes = portal.audit.entries.flatMap((entry) => (entry.step === 'outcome' ? [entry] : []));
    expect(new Set(outcomes.map(({ exchange }) => exchange.exchange)).size).toBe(2);
    expect(new Set(outcomes.map(({ outcome }) => outcome.requestBytes))).toEqual(
      new Set(messages.map((message) => Buffer.byteLength(JSON.stringify(message)))),
    );
  });
});

describe('an error in a batch', () => {
  it('does not spoil the other messages', async () => {
    const { status, codeOf, of } = await send([
      call(1, 'box__look'),
      call(2, 'box__nothing'),
      request(3, 'no/such/method'),
      { jsonrpc: '1.0', id: 4, method: 'ping' },
      'text',
      request(6, 'ping'),
    ]);
    expect(status).toBe(200);
    expect([2, 3, 4, null].map((id) => codeOf(id))).toEqual([-32602, -32601, -32600, -32600]);
    expect([of(1)?.result, of(6)?.result]).toEqual([{ content: [] }, {}]);
  });

  it('is the answer to a denied tool beside an allowed one, the same as to one that does not exist', async () => {
    const messages = [call(1, 'safe__look'), call(2, 'box__look')];
    const { codeOf, of } = await send(messages, { authorization: 'Bearer bob' });
    expect([codeOf(1), of(2)?.result]).toEqual([-32602, { content: [] }]);
    expect(portal.audit.of('tools/call').sort()).toEqual(['denied -32602', 'success']);
    expect(upstream.received).toHaveLength(1);
  });

  it('is HTTP 403 when the portal denies the person everything', async () => {
    const { status, answers } = await send(looks(3), { authorization: 'Bearer carol' });
    expect([status, answers.map(({ error }) => error?.code)]).toEqual([403, [403, 403, 403]]);
    expect(upstream.received).toEqual([]);
  });
});

describe('an attack by batch', () => {
  it.each([
    ['no messages', []],
    ['1000 messages', looks(1000)],
    ['one message more than fit', looks(51)],
  ])('of %s is refused as a whole', async (_what, messages) => {
    const { status, body } = await post(messages);
    const { id, error } = JSON.parse(body) as Answer;
    expect([status, id, error?.code]).toEqual([400, null, -32600]);
    expect(upstream.received).toEqual([]);
  });

  it('above 4 MiB is refused with 413', async () => {
    const arguments_ = { filler: 'x'.repeat(1024 * 1024) };
    const messages = [1, 2, 3, 4].map((id) => call(id, 'box__look', { arguments: arguments_ }));
    expect((await post(messages)).status).toBe(413);
  });

  it('within a batch is an invalid message, and does not multiply', async () => {
    const { answers, of } = await send([[[...looks(20)]], looks(20), request('after', 'ping')]);
    expect(answers.map(({ error }) => error?.code)).toEqual([-32600, -32600, undefined]);
    expect(of('after')?.result).toEqual({});
    expect(upstream.received).toEqual([]);
  });

  it('with an id twice runs neither of the two, and the others', async () => {
    const { answers, of } = await send([
      call(1, 'box__change'),
      call('1', 'box__look'),
      call(1, 'box__look'),
      request(2, 'ping'),
    ]);
    expect(answers.filter(({ id }) => id === 1).map(({ error }) => error?.code)).toEqual([-32600, -32600]);
    expect([of('1')?.result, of(2)?.result]).toEqual([{ content: [] }, {}]);
    expect(upstream.received).toHaveLength(1);
  });

  it('with initialize in it does not initialize', async () => {
    const initialize = request(1, 'initialize', { protocolVersion: '2025-03-26', capabilities: {} });
    const { codeOf, of } = await send([initialize, request(2, 'ping')]);
    expect([codeOf(1), of(2)?.result]).toEqual([-32600, {}]);
  });

  it('with a request of 2026-07-28 in it does not go around the headers that those need', async () => {
    const { body } = modernRequest('tools/call', { name: 'box__look', arguments: {} });
    const { codeOf } = await send([JSON.parse(body)]);
    expect(codeOf('call-1')).toBe(-32600);
    expect(upstream.received).toEqual([]);
  });

  it('does not ask more than four things of servers at the same time', async () => {
    let [now, most] = [0, 0];
    upstream.script = async (received, response) => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((next) => setTimeout(next, 5));
      now -= 1;
      await plain(received, response);
    };
    expect((await send(looks(30))).answers.filter(({ result }) => result)).toHaveLength(30);
    expect(most).toBe(4);
  });

  it('stops asking when the results are too large together', async () => {
    upstream.script = (received, response) =>
      sendResult(response, received, {
        resultType: 'complete',
        content: [{ type: 'text', text: 'x'.repeat(3 * 1024 * 1024) }],
      });
    const { answers } = await send(looks(12));
    const refused = answers.filter(({ error }) => error?.code === 413);
    expect(refused.length).toBeGreaterThan(0);
    expect(upstream.received).toHaveLength(12 - refused.length);
  });

  it('has no more time than a single message', async () => {
    const hasty = await startPortal(
      [serverOf('box', upstream.url, { tools }, { risks: { look: 'read-only' } })],
      {
        callLimitMs: 50,
      },
    );
    upstream.script = () => undefined;
    const { answers } = await send(looks(12), {}, hasty);
    expect(answers.map(({ error }) => error?.code)).toEqual(Array.from({ length: 12 }, () => 504));
    expect(upstream.received.length).toBeLessThanOrEqual(4);
    await hasty.close();
  });
});

describe('a state-changing call in a batch', () => {
  it('goes out only after its own intent is recorded', async () => {
    const intents: number[] = [];
    upstream.script = (received, response) => {
      // A request of an earlier test may still be on its way.
      if (JSON.stringify(received).includes('change'))
        intents.push(portal.audit.of('tools/call').filter((step) => step === 'intent').length);
      return plain(received, response);
    };
    await send([call(1, 'box__change'), call(2, 'box__change'), call(3, 'box__change')]);
    expect(portal.audit.of('tools/call').filter((step) => step === 'intent')).toHaveLength(3);
    expect(intents.every((recorded, index) => recorded > index)).toBe(true);
  });

  it('is not made when its intent cannot be recorded, beside one that reads', async () => {
    portal.audit.fail = 'intent';
    const { codeOf, of } = await send([call(1, 'box__change'), call(2, 'box__look')]);
    expect([codeOf(1), of(2)?.result]).toEqual([503, { content: [] }]);
    expect(upstream.received.map(({ message }) => message.params?.name)).toEqual(['look']);
  });
});

describe('a session that ends while its batch is at work', () => {
  it('lets no further message through', async () => {
    upstream.script = (received, response) => {
      portal.sessions.ended.add('alice');
      return plain(received, response);
    };
    const { answers } = await send(looks(12));
    expect(upstream.received.length).toBeLessThanOrEqual(4);
    expect(answers.filter(({ error }) => error?.code === 401)).toHaveLength(12 - upstream.received.length);
  });
});

describe('a notification at the end of a batch', () => {
  it('has no answer either, when the session has ended by then', async () => {
    upstream.script = (received, response) => {
      portal.sessions.ended.add('alice');
      return plain(received, response);
    };
    const { answers } = await send([...looks(8), notification]);
    expect(answers.map(({ id }) => Number(id)).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('a batch in which a server says something ahead of its result', () => {
  /** Reports progress to whoever asked for it, and then does as told. */
  const reporting =
    (then: (received: Received) => boolean): ScriptedServer['script'] =>
    (received, response) => {
      const { id, params } = received.message;
      const { progressToken } = (params?._meta ?? {}) as { progressToken?: unknown };
      if (progressToken === undefined) return plain(received, response);
      const write = beginEvents(response);
      write({ jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken, progress: 1 } });
      if (then(received)) write({ jsonrpc: '2.0', id, result: { resultType: 'complete', content: [] } });
      return undefined;
    };
  const eager = call('eager', 'box__look', { _meta: { progressToken: 'mine' } });

  it('is answered with one event stream for all of them', async () => {
    upstream.script = reporting(() => true);
    const { status, type, body } = await post([request('ping', 'ping'), eager, call('quiet', 'box__look')]);
    expect([status, type]).toEqual([200, 'text/event-stream']);
    const events = [...body.matchAll(/^data: (.+)$/gm)].map(([, data]) => JSON.parse(data ?? '') as Answer);
    expect(events).toContainEqual({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: 'mine', progress: 1 },
    });
    expect(events.filter(({ result }) => result).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['ping', 'eager', 'quiet']),
    );
    expect(events).toHaveLength(4);
  });

  it('is answered as an array to a caller that takes no streams', async () => {
    upstream.script = reporting(() => true);
    const { answers } = await send([eager, call('quiet', 'box__look')], { accept: 'application/json' });
    expect(new Set(answers.map(({ id }) => id))).toEqual(new Set(['eager', 'quiet']));
  });

  it('runs nothing more once its caller has left', async () => {
    upstream.script = reporting(() => false);
    const body = JSON.stringify(
      looks(12).map((look) => ({ ...look, params: { ...look.params, _meta: { progressToken: look.id } } })),
    );
    const response = await portal.post(body);
    await response.body?.cancel();
    await portal.audit.recorded(({ status }) => status === 'cancelled');
    expect(upstream.received.length).toBeLessThanOrEqual(4);
  });
});
