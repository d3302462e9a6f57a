import type { HttpRequest, HttpResponse } from './http.ts';

/** Request headers that MCP clients send from pages; `Mcp-Param-…` are a tool's own. */
const HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'authorization',
  'content-type',
  'dpop',
  'last-event-id',
  'mcp-method',
  'mcp-name',
  'mcp-protocol-version',
  'mcp-session-id',
  'traceparent',
  'tracestate',
]);

/** What lets a page of an allowed origin read an answer (Fetch standard, CORS protocol); empty for all others. */
export function corsHeaders(
  origin: string | undefined,
  allowed: ReadonlySet<string>,
): Record<string, string> {
  if (origin === undefined || !allowed.has(origin)) return {};
  return {
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'www-authenticate',
    vary: 'origin',
  };
}

/** The answer to a browser that asks before a page of some origin may send a POST. */
export function corsPreflight({ headers }: HttpRequest, allowed: ReadonlySet<string>): HttpResponse {
  const cors = corsHeaders(headers.origin, allowed);
  if (Object.keys(cors).length === 0) return { status: 204, headers: { vary: 'origin' } };
  const asked = (headers['access-control-request-headers'] ?? '').toLowerCase().split(/\s*,\s*/);
  const accepted = asked.filter((name) => HEADERS.has(name) || /^mcp-param-[\w-]+$/.test(name));
  return {
    status: 204,
    headers: {
      ...cors,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': accepted.join(', '),
      'access-control-max-age': '3600',
    },
  };
}
