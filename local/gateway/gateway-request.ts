import type { IncomingMessage } from 'node:http';
import type { ClientCert } from './client-certificate.ts';

/** A request as the gateway received it, before it is routed. */
export interface GatewayRequest {
  requestId: string;
  method: string;
  /** As sent, without the query and what comes before the API's own paths. */
  path: string;
  /** What comes before: the stage where the API is reached by its own host, nothing behind a domain. */
  basePath: string;
  query: URLSearchParams;
  /** Names as sent, each with its values in order. */
  headers: ReadonlyMap<string, readonly string[]>;
  sourceIp: string;
  /** Verified already. */
  clientCert?: ClientCert;
  protocol: string;
  /** Epoch milliseconds. */
  receivedAt: number;
}

/** Headers of the connection to the gateway: they do not reach a function. */
const CONNECTION_HEADERS = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export function readGatewayRequest(message: IncomingMessage, requestId: string): GatewayRequest {
  const target = message.url ?? '/';
  const at = target.indexOf('?');
  const sourceIp = (message.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  return {
    requestId,
    method: message.method ?? 'GET',
    path: at < 0 ? target : target.slice(0, at),
    basePath: '',
    query: new URLSearchParams(at < 0 ? '' : target.slice(at + 1)),
    headers: headersOf(message, sourceIp),
    sourceIp,
    protocol: `HTTP/${message.httpVersion}`,
    receivedAt: Date.now(),
  };
}

/** The client's headers with the forwarding ones that API Gateway adds. */
function headersOf(message: IncomingMessage, sourceIp: string): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  const spelling = new Map<string, string>();
  const append = (name: string, value: string) => {
    const lower = name.toLowerCase();
    const first = spelling.get(lower) ?? name;
    spelling.set(lower, first);
    headers.set(first, [...(headers.get(first) ?? []), value]);
  };
  for (let i = 0; i < message.rawHeaders.length; i += 2) {
    const name = message.rawHeaders[i] ?? '';
    if (!CONNECTION_HEADERS.has(name.toLowerCase())) append(name, message.rawHeaders[i + 1] ?? '');
  }
  const forwarded = [message.headers['x-forwarded-for'], sourceIp].filter(Boolean).join(', ');
  const set = (name: string, value: string) => headers.set(spelling.get(name.toLowerCase()) ?? name, [value]);
  set('X-Forwarded-For', forwarded);
  set('X-Forwarded-Port', String(message.socket.localPort ?? ''));
  set('X-Forwarded-Proto', 'encrypted' in message.socket ? 'https' : 'http');
  return headers;
}

/** All values of one header, whatever its spelling. */
export function headerValues(request: GatewayRequest, name: string): readonly string[] {
  const lower = name.toLowerCase();
  for (const [spelling, values] of request.headers) if (spelling.toLowerCase() === lower) return values;
  return [];
}

/** Request parameters as `method.request.<header|querystring|path>.<name>` names them. */
export function requestParameter(
  request: GatewayRequest,
  pathParameters: Readonly<Record<string, string>>,
  expression: string,
): string | undefined {
  const parameter = /^method\.request\.(header|multivalueheader|querystring|path)\.(.+)$/.exec(expression);
  const name = parameter?.[2] ?? '';
  if (parameter?.[1] === 'path') return pathParameters[name];
  if (parameter?.[1] === 'querystring') return request.query.get(name) ?? undefined;
  return parameter ? headerValues(request, name).at(-1) : undefined;
}
