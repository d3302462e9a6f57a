import { type HttpRequest, type HttpResponse, jsonResponse } from '../shared/http.ts';
import { ADMIN_SCOPE, PORTAL_SCOPE, portalsOf, type Resources } from '../shared/origin.ts';
import { DPOP_ALGORITHMS } from './tokens/dpop-proof.ts';

const PREFIX = '/.well-known/oauth-protected-resource';
/** Public and the same for everybody; pages of other origins may read it (MCP clients in browsers do). */
const HEADERS = { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' };

/**
 * Protected resource metadata (RFC 9728) for `/mcp`, for `/api/v1`, and at the root, where some clients look
 * alone, for the portal. Each host names its own resource, since clients accept no other. Undefined for any other path.
 */
export function protectedResourceMetadata(
  { path, origin: host }: Pick<HttpRequest, 'path' | 'origin'>,
  origin: string,
  resources: Resources,
  deployment: string,
): HttpResponse | undefined {
  if (path !== PREFIX && !path.startsWith(`${PREFIX}/`)) return undefined;
  const suffix = path.slice(PREFIX.length);
  const resource = `${host ?? origin}${suffix === '' ? '/mcp' : suffix}`;
  const known: Record<string, { scope: string; name: string }> = {
    ...Object.fromEntries(portalsOf(resources).map((id) => [id, { scope: PORTAL_SCOPE, name: deployment }])),
    [resources.admin]: { scope: ADMIN_SCOPE, name: `${deployment} admin API` },
  };
  const found = known[resource];
  if (!found) return undefined;
  return jsonResponse(
    200,
    {
      resource,
      authorization_servers: [origin],
      scopes_supported: [found.scope],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: DPOP_ALGORITHMS,
      resource_name: found.name,
    },
    HEADERS,
  );
}

/** The library's metadata with the resources' scope, which it knows only per resource. */
export function authorizationServerMetadata(answer: HttpResponse, scopes: readonly string[]): HttpResponse {
  if (answer.status !== 200 || !answer.body) return answer;
  const metadata: unknown = JSON.parse(answer.body);
  if (typeof metadata !== 'object' || metadata === null) return answer;
  const { 'content-length': _length, ...headers } = answer.headers ?? {};
  return {
    ...answer,
    headers: { ...headers, 'cache-control': 'public, max-age=300' },
    body: JSON.stringify({ ...metadata, scopes_supported: scopes }),
  };
}
