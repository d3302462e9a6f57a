import { once } from 'node:events';
import { createServer, type OutgoingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the server answers at a path; the body of a document may depend on its own URL. */
export interface Publication {
  status?: number;
  headers?: OutgoingHttpHeaders;
  body: string | ((url: string) => unknown);
}

/** A host of client ID metadata documents on loopback. */
export async function startDocumentServer() {
  const published = new Map<string, Publication>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    requests.push(path);
    const { status = 200, headers = {}, body } = published.get(path) ?? { status: 404, body: 'none' };
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body(origin + path)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    /** Paths asked for, oldest first. */
    requests,
    publish: (path: string, publication: Publication): string => {
      published.set(path, publication);
      return origin + path;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export type DocumentServer = Awaited<ReturnType<typeof startDocumentServer>>;

/** The document of a public client, as Claude Code's is. */
export const publicClient =
  (more: object = {}) =>
  (url: string): object => ({
    client_id: url,
    client_name: 'Documented client',
    redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...more,
  });
