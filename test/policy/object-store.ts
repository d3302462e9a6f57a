import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ObjectStore {
  /** Content by path, `/<bucket>/<key>`; a test may alter it. */
  objects: Map<string, string>;
  /** Requests answered so far, as `GET /bucket/key`. */
  requests: string[];
  close(): Promise<void>;
}

/** The two operations of S3 that snapshots need, on a free port; points the SDK to it. */
export async function startObjectStore(): Promise<ObjectStore> {
  const objects = new Map<string, string>();
  const requests: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    requests.push(`${request.method} ${path}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (request.method === 'PUT') {
      objects.set(path, Buffer.concat(chunks).toString('utf8'));
      response.end();
      return;
    }
    const content = objects.get(path);
    if (content === undefined) response.statusCode = 404;
    response.end(content ?? '<Error><Code>NoSuchKey</Code></Error>');
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    objects,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
