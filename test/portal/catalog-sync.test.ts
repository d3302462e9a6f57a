import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { fetchCatalog } from '../../lambdas/portal/catalog-sync.ts';
import { type EverythingServer, startEverything } from '../fixtures/upstreams/everything.ts';
import { type Listening, listening, nodeListener } from '../fixtures/upstreams/listening.ts';
import {
  type ScriptedServer,
  sendJson,
  sendResult,
  startScriptedServer,
} from '../fixtures/upstreams/scripted-server.ts';
import { LOOPBACK } from './portal.ts';

const sync = (url: string) => fetchCatalog({ url }, LOOPBACK);

describe('a catalog read from real servers', () => {
  let everything: EverythingServer;
  let modern: Listening;

  beforeAll(async () => {
    const handler = createMcpHandler(
      () => {
        const server = new McpServer({ name: 'modern', version: '1' }, { instructions: 'Be brief.' });
        server.registerTool('add', { inputSchema: z.object({ a: z.number() }) }, () => ({ content: [] }));
        return server;
      },
      { legacy: 'reject' },
    );
    modern = await listening(nodeListener(handler));
    everything = await startEverything();
  });
  afterAll(async () => {
    await everything.stop();
    await modern.close();
  });

  it('finds a modern server, its instructions and tools', async () => {
    const catalog = await sync(modern.url);
    expect(catalog).toMatchObject({ era: 'modern', instructions: 'Be brief.', prompts: [], resources: [] });
    expect(catalog.tools.map(({ name }) => name)).toEqual(['add']);
  });

  it('finds a legacy server with everything that it has', async () => {
    const catalog = await sync(everything.url);
    expect(catalog.era).toBe('legacy');
    expect(catalog.tools.map(({ name }) => name)).toContain('echo');
    expect(catalog.prompts.length).toBeGreaterThan(0);
    expect(catalog.resources.length).toBeGreaterThan(0);
    expect(catalog.resourceTemplates.length).toBeGreaterThan(0);
    expect(catalog.capabilities).toHaveProperty('tools');
  });
});

describe('a catalog read from odd servers', () => {
  let server: ScriptedServer;
  afterEach(() => server.close());

  const tool = (name: string, property: Record<string, unknown> = {}) => ({
    name,
    'x-kept': true,
    inputSchema: { type: 'object', properties: { p: property } },
  });
  const discovered = {
    resultType: 'complete',
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {} },
  };

  async function start(list: (cursor: unknown) => Record<string, unknown>): Promise<void> {
    server = await startScriptedServer((received, response) => {
      const { method, params } = received.message;
      sendResult(response, received, method === 'server/discover' ? discovered : list(params?.cursor));
    });
  }

  it('has every page, an empty cursor included, with definitions as they are', async () => {
    const rest: Record<string, Record<string, unknown>> = {
      '': { tools: [tool('b')], nextCursor: 'x' },
      x: { tools: [tool('c')] },
    };
    await start((cursor) =>
      cursor === undefined
        ? { tools: [tool('a')], nextCursor: '' }
        : (typeof cursor === 'string' && rest[cursor]) || {},
    );
    expect((await sync(server.url)).tools).toEqual([tool('a'), tool('b'), tool('c')]);
  });

  it('is refused when a server repeats a cursor, or has pages without end', async () => {
    await start(() => ({ tools: [], nextCursor: 'again' }));
    await expect(sync(server.url)).rejects.toMatchObject({ code: 'upstream_unreachable', status: 502 });
    let page = 0;
    server.script = (received, response) =>
      sendResult(
        response,
        received,
        received.message.method === 'server/discover'
          ? discovered
          : { tools: [], nextCursor: String(page++) },
      );
    await expect(sync(server.url)).rejects.toThrow('pages');
    expect(page).toBeLessThan(100);
  });

  it.each([
    ['a number', { type: 'number', 'x-mcp-header': 'P' }],
    ['a name that is no token', { type: 'string', 'x-mcp-header': 'a b' }],
    ['an empty name', { type: 'string', 'x-mcp-header': '' }],
    ['an array', { type: 'array', items: { type: 'string', 'x-mcp-header': 'P' } }],
    ['a branch', { anyOf: [{ type: 'string', 'x-mcp-header': 'P' }] }],
    ['an object', { type: 'object', 'x-mcp-header': 'P' }],
  ])('leaves out a tool that wants %s in a header', async (_what, property) => {
    await start(() => ({
      tools: [tool('bad', property), tool('good', { type: 'string', 'x-mcp-header': 'P' })],
    }));
    expect((await sync(server.url)).tools.map(({ name }) => name)).toEqual(['good']);
  });

  it('is refused when a definition is nested so deep that reading it would fail', async () => {
    const depth = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;
    await start(() => ({ tools: [] }));
    const nested = (levels: number) => {
      server.script = ({ message }, response) => {
        const result = message.method === 'server/discover' ? discovered : { tools: [] };
        const text = JSON.stringify({ jsonrpc: '2.0', id: message.id, result });
        const tools = `[{"name":"deep","inputSchema":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}}]`;
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(text.replace('"tools":[]', `"tools":${tools}`));
      };
    };
    nested(20_000);
    await expect(sync(server.url)).rejects.toMatchObject({ code: 'upstream_unreachable' });
    nested(200);
    await expect(sync(server.url)).rejects.toMatchObject({
      code: 'upstream_invalid',
      message: 'The server\'s tool "deep" is nested more than 100 levels deep.',
    });
    server.script = (received, response) =>
      sendResult(
        response,
        received,
        received.message.method === 'server/discover'
          ? discovered
          : { tools: [tool('fine', { p: depth(90) })] },
      );
    expect((await sync(server.url)).tools).toHaveLength(1);
  });

  it('is refused when a definition is larger than can be kept', async () => {
    await start(() => ({ tools: [tool('large', { description: 'x'.repeat(300_000) })] }));
    await expect(sync(server.url)).rejects.toThrow('tool "large" is larger than 300 KB');
  });

  it('leaves out a tool that wants two arguments in one header, in whatever case', async () => {
    const twice = {
      name: 'twice',
      inputSchema: {
        properties: {
          a: { type: 'string', 'x-mcp-header': 'Same' },
          b: { type: 'object', properties: { c: { type: 'string', 'x-mcp-header': 'same' } } },
        },
      },
    };
    await start(() => ({ tools: [twice] }));
    expect((await sync(server.url)).tools).toEqual([]);
  });

  it.each<[string, ScriptedServer['script']]>([
    ['asks for credentials', (_r, s) => sendJson(s, {}, 401)],
    ['fails', (_r, s) => sendJson(s, {}, 500)],
    ['is a web page', (_r, s) => void s.writeHead(200, { 'content-type': 'text/html' }).end('<html>')],
    ['redirects', (_r, s) => void s.writeHead(302, { location: 'https://example.com' }).end()],
    [
      'speaks a version of the future only',
      (r, s) => sendResult(s, r, { ...discovered, supportedVersions: ['2030-01-01'] }),
    ],
  ])('is refused in plain words when the server %s', async (_how, script) => {
    server = await startScriptedServer(script);
    const refusal = await sync(server.url).catch((error: Error) => error);
    expect(refusal).toMatchObject({ status: 502 });
    expect(refusal).not.toMatchObject({ message: expect.stringContaining('127.0.0.1') });
    expect(server.received).toHaveLength(1);
  });

  it('is not asked for at addresses that the guard forbids', async () => {
    server = await startScriptedServer(() => undefined);
    await expect(fetchCatalog({ url: server.url }, [])).rejects.toMatchObject({ code: 'outgoing_forbidden' });
    expect(server.received).toEqual([]);
  });
});
