import { Agent, type IncomingMessage, request } from 'node:http';
import { readBody } from './measured-server.ts';

const agent = new Agent({ keepAlive: true });

/** Sends the body on to the upstream with the MCP headers of the request; returns its status and body. */
export async function forward(
  upstream: URL,
  from: IncomingMessage,
  body: string,
): Promise<{ status: number; body: string }> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    accept: 'application/json, text/event-stream',
  };
  for (const name of ['mcp-protocol-version', 'mcp-method', 'mcp-name']) {
    const value = from.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request(upstream, { agent, method: 'POST', headers }, resolve).on('error', reject).end(body);
  const answer = await promise;
  return { status: answer.statusCode ?? 502, body: await readBody(answer) };
}
