import { afterEach, describe, expect, it } from '@jest/globals';
import { fetchCatalog } from '../../lambdas/portal/catalog-sync.ts';
import {
  beginEvents,
  type Received,
  type ScriptedServer,
  sendJson,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { ask } from './clients.ts';
import { LOOPBACK, serverOf, startPortal, type TestPortal } from './portal.ts';

const tool = { name: 'echo', inputSchema: { type: 'object' } };
const content = { content: [{ type: 'text', text: 'hello' }] };

/** What a server of a version does with everything that follows `initialize`. */
function older(version: string, answer: ScriptedServer['script']): ScriptedServer['script'] {
  return (received, response) => {
    const { method } = received.message;
    if (method === 'server/discover') return sendJson(response, { error: 'no session' }, 400);
    if (method?.startsWith('notifications/')) return void response.writeHead(202).end();
    if (method !== 'initialize') return answer(received, response);
    return sendResult(response, received, {
      protocolVersion: version,
      capabilities: { tools: {} },
      serverInfo: { name: 'old', version: '1' },
    });
  };
}

const resultOf = ({ message: { id, method } }: Received) => ({
  jsonrpc: '2.0',
  id,
  result: method === 'tools/list' ? { tools: [tool] } : content,
});
const single: ScriptedServer['script'] = (received, response) => sendJson(response, resultOf(received));

let upstream: ScriptedServer;
let portal: TestPortal | undefined;

afterEach(async () => {
  await portal?.close();
  portal = undefined;
  await upstream.close();
});

/** Synchronises the server as an administrator does, and calls its tool. */
async function use(script: ScriptedServer['script'], meta = {}) {
  upstream = await startScriptedServer(script);
  const catalog = await fetchCatalog({ url: upstream.url }, LOOPBACK);
  portal = await startPortal([serverOf('old', upstream.url, catalog)]);
  return ask(portal, 'tools/call', { name: 'old__echo', arguments: {} }, { meta });
}

describe.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])('a server of %s', (version) => {
  it('is read and called, under its version', async () => {
    const { answer } = await use(older(version, single));
    expect(answer.result).toMatchObject(content);
    expect(upstream.last('tools/call').headers['mcp-protocol-version']).toBe(version);
  });

  it('that refuses initialize but names this version is asked for it', async () => {
    const speak = older(version, single);
    const { answer } = await use((received, response) => {
      const { method, id, params } = received.message;
      if (method !== 'initialize' || params?.protocolVersion === version) return speak(received, response);
      const error = { code: -32602, message: 'Unsupported protocol version', data: { supported: [version] } };
      return sendJson(response, { jsonrpc: '2.0', id, error }, 400);
    });
    expect(answer.result).toMatchObject(content);
  });
});

describe.each(['2025-03-26', '2024-11-05'])('batches from a server of %s', (version) => {
  it('may be its JSON answer', async () => {
    const { answer } = await use(
      older(version, (received, response) => sendJson(response, [resultOf(received)])),
    );
    expect(answer.result).toMatchObject(content);
  });

  it('may be events, notifications among them', async () => {
    const script = older(version, (received, response) => {
      const { progressToken } = (received.message.params?._meta ?? {}) as { progressToken?: unknown };
      const progress = {
        jsonrpc: '2.0',
        method: 'notifications/progress',
        params: { progressToken, progress: 1 },
      };
      beginEvents(response)([progress, resultOf(received)]);
      response.end();
    });
    upstream = await startScriptedServer(script);
    const catalog = await fetchCatalog({ url: upstream.url }, LOOPBACK);
    portal = await startPortal([serverOf('old', upstream.url, catalog)]);
    const response = await portal.post(
      JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name: 'old__echo', arguments: {}, _meta: { progressToken: 'mine' } },
      }),
    );
    const events = [...(await response.text()).matchAll(/^data: (.+)$/gm)].map(([, data]) =>
      JSON.parse(data ?? ''),
    );
    expect(events).toEqual([
      expect.objectContaining({ params: { progressToken: 'mine', progress: 1 } }),
      { jsonrpc: '2.0', id: 1, result: content },
    ]);
  });
});

describe('a batch from a server whose version has none', () => {
  it('is not valid MCP', async () => {
    upstream = await startScriptedServer(
      older('2025-06-18', (received, response) => sendJson(response, [resultOf(received)])),
    );
    portal = await startPortal([serverOf('old', upstream.url, { era: 'legacy', tools: [tool] })]);
    const { answer } = await ask(portal, 'tools/call', { name: 'old__echo', arguments: {} });
    expect(answer.error).toMatchObject({ code: 502, data: { reason: 'upstream_not_mcp' } });
  });
});
