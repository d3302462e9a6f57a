import type { IncomingMessage, ServerResponse } from 'node:http';
import inject from 'light-my-request';
import type { HttpRequest, HttpResponse } from '../shared/http.ts';

/** Whatever speaks of addresses and protocols on the way here; only configuration may. */
const FORWARDING =
  /^(?:forwarded|via|host|x-forwarded-.*|x-real-ip|x-original-.*|x-url-scheme|x-rewrite-url|front-end-https|:.*)$/;
/** The body was decoded, so these no longer describe it. */
const FRAMING = /^(?:content-length|transfer-encoding|content-encoding|connection|expect|upgrade)$/;

const originals = new WeakMap<IncomingMessage, HttpRequest>();

/** The request that a library's context stands for. */
export function requestOf(ctx: { req: IncomingMessage }): HttpRequest {
  const request = originals.get(ctx.req);
  if (!request) throw new Error('This context did not come through the bridge.');
  return request;
}

function headersFor(request: HttpRequest, origin: URL): Record<string, string> {
  const kept = Object.entries(request.headers).filter(
    ([name]) => !FORWARDING.test(name) && !FRAMING.test(name),
  );
  return {
    ...Object.fromEntries(kept),
    host: origin.host,
    'x-forwarded-host': origin.host,
    'x-forwarded-proto': origin.protocol.slice(0, -1),
    'x-forwarded-for': request.sourceIp,
  };
}

/** Runs a Node request listener in-process: host and protocol come from the origin, the address from API Gateway. */
export async function serve(
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  request: HttpRequest,
  origin: string,
): Promise<HttpResponse> {
  const query = request.query.toString();
  const answer = await inject(
    (incoming, outgoing) => {
      originals.set(incoming, request);
      listener(incoming, outgoing);
    },
    {
      method: request.method,
      url: query ? `${request.path}?${query}` : request.path,
      headers: headersFor(request, new URL(origin)),
      remoteAddress: request.sourceIp,
      ...(request.body ? { payload: request.body } : {}),
    },
  );
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (value !== undefined && !['set-cookie', 'connection', 'date', 'transfer-encoding'].includes(name))
      headers[name] = String(value);
  }
  const cookies = answer.headers['set-cookie'];
  return {
    status: answer.statusCode,
    headers,
    ...(cookies === undefined ? {} : { cookies: [cookies].flat().map(String) }),
    body: answer.body,
  };
}

interface ResponseContext {
  status: number;
  body: unknown;
  set(name: string, value: string): void;
  append(name: string, value: string | string[]): void;
}

/** Writes an answer of ours into a library's context. */
export function applyResponse(ctx: ResponseContext, response: HttpResponse): void {
  ctx.status = response.status;
  for (const [name, value] of Object.entries(response.headers ?? {})) ctx.set(name, value);
  for (const cookie of response.cookies ?? []) ctx.append('Set-Cookie', cookie);
  ctx.body = response.body ?? '';
}
