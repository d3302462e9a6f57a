import { type HttpRequest, type HttpResponse, jsonResponse } from '../shared/http.ts';
import { resourcesOf } from '../shared/origin.ts';
import { withResourceScopes } from './authorization-request.ts';
import { servedGrantTypes } from './clients/client-metadata.ts';
import { readRegistration } from './clients/registration.ts';
import { refuseTooMany } from './clients/registration-limit.ts';
import { completeForm } from './complete-form.ts';
import { leadOn, PREFILLED_CODE } from './flows/device-pages.ts';
import { serve } from './http-bridge.ts';
import { ASSERTION_KEYS_PATH, publicAssertionKeys } from './keys/assertion-keys.ts';
import { KeyRingStore } from './keys/key-ring-store.ts';
import { renewed } from './keys/renewed.ts';
import { loadSecrets } from './keys/signing-key.ts';
import { authorizationServerMetadata, protectedResourceMetadata } from './metadata.ts';
import { createOAuthApplication, type OAuthOptions } from './oauth-application.ts';
import { routeOf } from './oauth-routes.ts';
import { ADVERTISED_SCOPES } from './provider.ts';

const CORS = { 'access-control-allow-origin': '*' };
const NOT_FOUND = jsonResponse(404, {
  error: 'not_found',
  error_description: 'There is nothing at this address.',
});

const preflight = (methods: string): HttpResponse => ({
  status: 204,
  headers: {
    ...CORS,
    'access-control-allow-methods': methods,
    'access-control-allow-headers': 'content-type, mcp-protocol-version',
    'access-control-max-age': '3600',
  },
});

/** A registration request as the library may see it, or the refusal. */
function registration(request: HttpRequest, options: OAuthOptions): HttpRequest | HttpResponse {
  let body: unknown;
  try {
    body = JSON.parse(request.body);
  } catch {
    body = undefined;
  }
  const read = readRegistration(body, options.allowedRedirectUris, servedGrantTypes(options));
  if ('error' in read) return jsonResponse(400, read, CORS);
  const headers = { ...request.headers, 'content-type': 'application/json' };
  return { ...request, headers, body: JSON.stringify(read.metadata) };
}

/** The library's device pages, without the scripts that its redirects and filled-in forms need. */
async function device(request: HttpRequest, run: (request: HttpRequest) => Promise<HttpResponse>) {
  const { user_code: code, ...others } = Object.fromEntries(request.query);
  const query = new URLSearchParams({ ...others, ...(code === undefined ? {} : { [PREFILLED_CODE]: code }) });
  const answer = await run({ ...request, query });
  return request.method === 'POST' && answer.status === 303 ? leadOn(answer) : answer;
}

/** The OAuth and OpenID Connect endpoints of a deployment, and the metadata of its resources. */
export function createOAuthService(options: OAuthOptions): (request: HttpRequest) => Promise<HttpResponse> {
  const { origin, deployment, deviceCode = false } = options;
  const resources = resourcesOf(origin, options.certificateHost);
  const keyRing = new KeyRingStore(options);
  const application = renewed(
    async () => {
      const secrets = await loadSecrets(keyRing);
      const { version } = secrets;
      return { version, listen: createOAuthApplication(options, resources, secrets).callback() };
    },
    () => keyRing.version(),
    options.clock,
  );
  const run = async (request: HttpRequest) => {
    const { listen } = await application();
    return serve((incoming, outgoing) => void listen(incoming, outgoing), request, origin);
  };
  const register = async (request: HttpRequest) => {
    if (request.method === 'OPTIONS') return preflight('POST');
    const accepted = registration(request, options);
    if ('status' in accepted) return accepted;
    const answer = (await refuseTooMany(options.identity, request.sourceIp)) ?? (await run(accepted));
    return { ...answer, headers: { ...answer.headers, ...CORS } };
  };
  return async (request) => {
    const resource = protectedResourceMetadata(request, origin, resources, deployment);
    if (resource && request.method === 'OPTIONS') return preflight('GET');
    if (resource) return ['GET', 'HEAD'].includes(request.method) ? resource : NOT_FOUND;
    if (request.path === ASSERTION_KEYS_PATH && ['GET', 'HEAD'].includes(request.method))
      return jsonResponse(200, await publicAssertionKeys(options.identity), {
        'cache-control': 'max-age=300',
      });
    const route = routeOf(request);
    if (!deviceCode && request.path.startsWith('/oauth/device')) return NOT_FOUND;
    switch (route?.kind) {
      case undefined:
        return NOT_FOUND;
      case 'metadata':
        return authorizationServerMetadata(await run(request), ADVERTISED_SCOPES);
      case 'register':
        return register(request);
      case 'authorize':
        return run({ ...request, query: withResourceScopes(request.query, resources) });
      case 'form':
        return run(request.method === 'POST' ? completeForm(request, resources) : request);
      case 'device':
        return device(request, run);
      default:
        return run(request);
    }
  };
}
