import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type ScriptedServer,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { type Answer, olderClient } from './clients.ts';
import { serverOf, startPortal, type TestPortal } from './portal.ts';

const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26'];
const link = { type: 'resource_link', uri: 'file:///report', name: 'report', description: 'Last year' };
const text = { type: 'text', text: 'hello' };
const tool = {
  name: 'look',
  title: 'Look',
  inputSchema: { type: 'object' },
  outputSchema: { type: 'object', properties: { found: { type: 'number' } } },
  icons: [{ src: 'https://example.com/icon.png' }],
};

let upstream: ScriptedServer;
let portal: TestPortal;
let result: Record<string, unknown>;

beforeAll(async () => {
  upstream = await startScriptedServer((received, response) =>
    sendResult(response, received, { resultType: 'complete', ...result }),
  );
  portal = await startPortal([serverOf('box', upstream.url, { tools: [tool], prompts: [{ name: 'ask' }] })]);
});

beforeEach(() => {
  result = { content: [text] };
});

afterAll(async () => {
  await portal.close();
  await upstream.close();
});

/** A request as a client of this version sends it; without one, there is no header. */
async function legacy(method: string, params: object = {}, version?: string) {
  const response = await portal.post(
    JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
    version === undefined ? {} : { 'mcp-protocol-version': version },
  );
  return { status: response.status, answer: (await response.json()) as Answer };
}
const call = async (version?: string) =>
  (await legacy('tools/call', { name: 'box__look', arguments: {} }, version)).answer.result;

describe('the version that initialize settles', () => {
  it.each(VERSIONS)('is %s for a client that asks for it', async (protocolVersion) => {
    const { answer } = await legacy('initialize', { protocolVersion, capabilities: {} });
    expect(answer.result?.protocolVersion).toBe(protocolVersion);
    expect(answer.result?.serverInfo).toMatchObject({ name: 'sallyport', title: 'Example tools' });
  });

  it.each(['2024-11-05', '2026-07-28', 'unheard-of', 7, undefined])(
    'is the newest one for %s, which is not spoken',
    async (protocolVersion) => {
      const { answer } = await legacy('initialize', { protocolVersion, capabilities: {} });
      expect(answer.result?.protocolVersion).toBe('2025-11-25');
    },
  );

  it('does not depend on a header, which comes only after it', async () => {
    const params = { protocolVersion: '2025-06-18', capabilities: {} };
    const { status, answer } = await legacy('initialize', params, '2024-11-05');
    expect([status, answer.result?.protocolVersion]).toEqual([200, '2025-06-18']);
  });
});

describe('the version header', () => {
  it.each([...VERSIONS, ` ${VERSIONS[0]}\t`])('may name %j', async (version) => {
    expect((await legacy('tools/list', {}, version)).status).toBe(200);
  });

  it.each(['2024-11-05', '2025-01-01'])(
    'is refused with 400 and the versions there are when it names %s',
    async (version) => {
      const { status, answer } = await legacy('tools/list', {}, version);
      expect([status, answer.error?.code]).toEqual([400, -32600]);
      expect(answer.error?.data).toEqual({ supported: VERSIONS, requested: version });
    },
  );

  it('may be missing for ever', async () => {
    expect((await legacy('tools/list')).status).toBe(200);
    expect(await call()).toMatchObject({ content: [text] });
  });
});

describe.each(VERSIONS)('an SDK client of %s', (version) => {
  it('gets its version and uses the portal', async () => {
    const { client, negotiated } = await olderClient(portal, version);
    expect(negotiated).toBe(version);
    const { tools } = await client.listTools();
    expect(tools).toEqual([expect.objectContaining({ name: 'box__look', title: 'Look' })]);
    result = { content: [text], structuredContent: { found: 1 } };
    expect(await client.callTool({ name: 'box__look', arguments: {} })).toMatchObject(result);
    await client.close();
  });
});

describe('what a client of 2025-03-26 could not read', () => {
  const written = { type: 'text', text: 'report\nLast year\nfile:///report' };

  it.each(['2025-11-25', '2025-06-18'])('is left alone for %s', async (version) => {
    result = { content: [link], structuredContent: { found: 1 } };
    expect(await call(version)).toEqual(result);
  });

  it.each([undefined, '2025-03-26'])(
    'is a link in a result, which becomes text (header %s)',
    async (version) => {
      result = { content: [link, text] };
      expect(await call(version)).toEqual({ content: [written, text] });
    },
  );

  it('is a link in a prompt, which becomes text', async () => {
    result = { messages: [{ role: 'user', content: link }] };
    const { answer } = await legacy('prompts/get', { name: 'box__ask' });
    expect(answer.result).toEqual({ messages: [{ role: 'user', content: written }] });
  });

  it('is a structured result without content, which is also written as text', async () => {
    result = { structuredContent: { found: 1 } };
    expect(await call()).toEqual({
      structuredContent: { found: 1 },
      content: [{ type: 'text', text: '{"found":1}' }],
    });
  });
});
