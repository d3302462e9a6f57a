import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { HttpRequest, StreamingResponse } from '../../lambdas/shared/http.ts';
import { type Listening, listening } from '../fixtures/upstreams/listening.ts';

const flat = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

async function toRequest(request: IncomingMessage): Promise<HttpRequest> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: flat(request.headers),
    body: await text(request),
    sourceIp: '203.0.113.7',
    requestId: 'request-1',
  };
}

async function send({ status, headers, body }: StreamingResponse, response: ServerResponse): Promise<void> {
  response.writeHead(status, headers);
  if (body === undefined || typeof body === 'string') {
    response.end(body);
    return;
  }
  response.flushHeaders();
  response.once('close', () => body.destroy());
  body.pipe(response);
  await once(response, 'close');
}

/** Stands where the API gateway stands: POST goes to the handler, GET and DELETE are not allowed. */
export function startFrontDoor(
  handle: (request: HttpRequest) => Promise<StreamingResponse>,
): Promise<Listening> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'POST') await send(await handle(await toRequest(request)), response);
    else response.writeHead(405).end();
  };
  return listening((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error as Error));
  });
}
