import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * What goes wrong with one request to the store: `lost-answer` applies it and drops the connection instead
 * of answering; `lost-request` drops it unseen; `collision` refuses the write as if its key held something else.
 */
export type Fault = 'lost-answer' | 'lost-request' | 'collision';

export interface UnreliableStore {
  endpoint: string;
  /** Faults of the requests to come, the next one first; afterwards all goes well. */
  faults: Fault[];
  /** Operations received, as the last part of `X-Amz-Target`. */
  operations: string[];
  close(): Promise<void>;
}

/** A network in front of a real store that misbehaves on demand. */
export async function startUnreliableStore(store: string): Promise<UnreliableStore> {
  const faults: Fault[] = [];
  const operations: string[] = [];

  const forward = (headers: Record<string, string>, body: string) =>
    fetch(store, { method: 'POST', headers, body }).then(async (r) => ({
      status: r.status,
      text: await r.text(),
    }));

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const body = Buffer.concat(chunks).toString('utf8');
    const target = String(request.headers['x-amz-target']);
    operations.push(target.split('.')[1] ?? '');
    const headers = {
      'x-amz-target': target,
      'content-type': 'application/x-amz-json-1.0',
      authorization: String(request.headers.authorization),
    };
    const fault = faults.shift();
    if (fault === 'lost-request') return void request.socket.destroy();
    if (fault === 'collision') {
      const type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
      return response
        .writeHead(400)
        .end(JSON.stringify({ __type: type, message: 'The conditional request failed' }));
    }
    const { status, text } = await forward(headers, body);
    if (fault === 'lost-answer') return void request.socket.destroy();
    return response.writeHead(status).end(text);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    operations,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
