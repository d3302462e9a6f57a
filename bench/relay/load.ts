import { Agent, type IncomingMessage, request } from 'node:http';
import { readBody } from './measured-server.ts';

/** One run of calls against one target. */
export interface Load {
  url: string;
  /** The tool's name at this target. */
  tool: string;
  authorization: string | undefined;
  clients: number;
  calls: number;
}

/** Milliseconds of every call, and of the whole run. */
export interface LoadResult {
  latencies: number[];
  elapsed: number;
}

const agent = new Agent({ keepAlive: true });

function callBody(id: number, tool: string): string {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  };
  const params = { name: tool, arguments: { text: 'a question of a usual size' }, _meta: meta };
  return JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
}

async function call(load: Load, id: number): Promise<void> {
  const body = callBody(id, load.tool);
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': load.tool,
  };
  if (load.authorization) headers.authorization = load.authorization;
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(load.url, { agent, method: 'POST', headers }, resolve).on('error', reject).end(body);
  const answer = await promise;
  const text = await readBody(answer);
  if (answer.statusCode !== 200 || !text.includes('"content"') || text.includes('"isError":true')) {
    throw new Error(`${load.url} answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  }
}

async function run(load: Load): Promise<LoadResult> {
  const latencies: number[] = [];
  let next = 0;
  const client = async () => {
    while (next < load.calls) {
      next += 1;
      const before = performance.now();
      await call(load, next);
      latencies.push(performance.now() - before);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: load.clients }, client));
  return { latencies, elapsed: performance.now() - start };
}

process.on('message', (load: Load) => {
  run(load).then(
    (result) => process.send?.({ result }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
