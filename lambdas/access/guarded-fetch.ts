import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../shared/errors.ts';
import type { Outgoing } from '../shared/outgoing.ts';

export interface FetchLimits {
  /** Bytes of a body, as they come over the wire. */
  mostBytes: number;
  /** For everything: name, connection, headers and body. */
  timeoutMs: number;
}

export type GuardedFetch = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Statuses whose responses cannot have a body (Fetch standard). */
const WITHOUT_BODY: ReadonlySet<number> = new Set([204, 205]);

const refused = (code: string, message: string) => new SallyportError(code, 502, message, { at: 'url' });

function methodOf(method: string | undefined): 'GET' | 'POST' {
  if (method === undefined || method === 'GET') return 'GET';
  if (method === 'POST') return 'POST';
  throw new TypeError(`guarded fetch does not send ${method}`);
}

function bodyOf(body: RequestInit['body']): string | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string' || body instanceof URLSearchParams) return body.toString();
  throw new TypeError('guarded fetch sends text alone');
}

async function read(response: IncomingMessage, most: number): Promise<Buffer<ArrayBuffer>> {
  const tooLarge = () => refused('outgoing_too_large', `The answer has more than ${most} bytes.`);
  if (Number(response.headers['content-length'] ?? 0) > most) throw tooLarge();
  const chunks: Buffer[] = [];
  let received = 0;
  for await (const chunk of response) {
    received += (chunk as Buffer).length;
    if (received > most) throw tooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function headersOf(response: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(response.headersDistinct))
    for (const value of values ?? []) headers.append(name, value);
  return headers;
}

/**
 * A fetch for addresses that outsiders name: through the guard, no redirect followed, nothing decompressed, no
 * connection kept, the body read before the promise is fulfilled.
 * @throws SallyportError `outgoing_…` for what the guard or the limits refuse; the socket's or signal's error.
 */
export function createGuardedFetch(outgoing: Outgoing, limits: FetchLimits): GuardedFetch {
  return async (url, init = {}) => {
    const deadline = AbortSignal.timeout(limits.timeoutMs);
    const headers = new Headers(init.headers);
    headers.set('accept-encoding', 'identity');
    headers.set('connection', 'close');
    const body = bodyOf(init.body);
    if (init.body instanceof URLSearchParams && !headers.has('content-type'))
      headers.set('content-type', 'application/x-www-form-urlencoded');
    const response = await outgoing.send({
      url: new URL(url),
      method: methodOf(init.method),
      headers: Object.fromEntries(headers),
      ...(body === undefined ? {} : { body }),
      signal: init.signal ? AbortSignal.any([init.signal, deadline]) : deadline,
      repeatable: false,
    });
    try {
      const encoding = response.headers['content-encoding'];
      if (encoding !== undefined && encoding !== 'identity')
        throw refused('outgoing_encoded', 'The answer is compressed, which was not asked for.');
      const content = await read(response, limits.mostBytes);
      const status = response.statusCode ?? 0;
      return new Response(WITHOUT_BODY.has(status) ? null : content, {
        status,
        headers: headersOf(response),
      });
    } finally {
      response.destroy();
    }
  };
}
