import * as z from 'zod';
import { readBody, serveMeasured } from './measured-server.ts';

/** A minimal modern MCP server in raw JSON, so that the upstream costs as little as it can. */
const message = z.looseObject({ id: z.union([z.string(), z.number()]).optional(), method: z.string() });

const inputSchema = { type: 'object', properties: { text: { type: 'string' } } };
const cacheable = { resultType: 'complete', ttlMs: 60_000, cacheScope: 'public' };
const results: Record<string, unknown> = {
  'server/discover': {
    ...cacheable,
    supportedVersions: ['2026-07-28'],
    capabilities: { tools: {} },
    serverInfo: { name: 'bench', version: '1' },
  },
  'tools/list': {
    ...cacheable,
    tools: [
      { name: 'read', inputSchema, annotations: { readOnlyHint: true } },
      { name: 'write', inputSchema },
    ],
  },
  'prompts/list': { ...cacheable, prompts: [] },
  'resources/list': { ...cacheable, resources: [] },
  'resources/templates/list': { ...cacheable, resourceTemplates: [] },
  'tools/call': {
    resultType: 'complete',
    content: [{ type: 'text', text: 'An answer of a usual size. '.repeat(8) }],
  },
};

serveMeasured(async (request, response) => {
  const { id, method } = message.parse(JSON.parse(await readBody(request)));
  const result = results[method];
  const body = result
    ? { jsonrpc: '2.0', id, result }
    : { jsonrpc: '2.0', id, error: { code: -32601, message: 'Method not found' } };
  response.writeHead(result ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
