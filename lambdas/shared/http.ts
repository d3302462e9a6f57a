import type { Readable } from 'node:stream';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Arrival } from './arrival.ts';

/** An API Gateway proxy request with header names in lower case and the body decoded. */
export interface HttpRequest extends Arrival {
  method: string;
  /** The path under the public origin, without a stage. */
  path: string;
  query: URLSearchParams;
  /** Lower-case names; repeated headers joined by a comma. */
  headers: Readonly<Record<string, string>>;
  body: string;
  /** The viewer's address: as API Gateway saw it, or as the distribution in front says. */
  sourceIp: string;
  requestId: string;
}

export interface HttpResponse {
  status: number;
  headers?: Record<string, string>;
  /** Values of `Set-Cookie`, one per cookie. */
  cookies?: readonly string[];
  body?: string;
}

export interface StreamingResponse {
  status: number;
  headers?: Record<string, string>;
  body?: string | Readable;
}

/** Reads a REST API (payload 1.0) event that came through the front door. */
export function toRequest(event: APIGatewayProxyEvent & { arrival: Arrival }): HttpRequest {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    if (values) headers[name.toLowerCase()] = values.join(name.toLowerCase() === 'cookie' ? '; ' : ', ');
  }
  const query = new URLSearchParams();
  for (const [name, values] of Object.entries(event.multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) query.append(name, value);
  }
  const body = event.body ?? '';
  return {
    ...event.arrival,
    method: event.httpMethod,
    path: event.path,
    query,
    headers,
    body: event.isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body,
    sourceIp: event.requestContext.identity.sourceIp,
    requestId: event.requestContext.requestId,
  };
}

export function jsonResponse(
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): HttpResponse {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body: JSON.stringify(body),
  };
}

/** An HTML page that nothing may frame and that loads nothing but its own inline style. */
export function htmlResponse(
  status: number,
  html: string,
  options: { headers?: Record<string, string>; cookies?: string[] } = {},
): HttpResponse {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      ...options.headers,
    },
    ...(options.cookies ? { cookies: options.cookies } : {}),
    body: html,
  };
}

/** Escapes text for HTML element content and quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** Reads one cookie (RFC 6265 section 4.2). */
export function cookie(request: HttpRequest, name: string): string | undefined {
  for (const part of (request.headers.cookie ?? '').split(/;\s*/)) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at) === name) return part.slice(at + 1);
  }
  return undefined;
}
