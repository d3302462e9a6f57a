import type { IncomingMessage, ServerResponse } from 'node:http';
import { type HttpRequest, type HttpResponse, jsonResponse } from '../shared/http.ts';
import { resourcesOf } from '../shared/origin.ts';
import { withResourceScopes } from './authorization-request.ts';
import { serve } from './http-bridge.ts';
import { authorizationServerMetadata, protectedResourceMetadata } from './metadata.ts';
import { createOAuthApplication, type OAuthOptions } from './oauth-application.ts';
import { routeOf } from './oauth-routes.ts';
import { ADVERTISED_SCOPES } from './provider.ts';
import { readRegistration } from './registration.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown;

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
function registration(request: HttpRequest, allowed: readonly string[]): HttpRequest | HttpResponse {
  let body: unknown;
  try {
    body = JSON.parse(request.body);
  } catch {
    body = undefined;
  }
  const read = readRegistration(body, allowed);
  if ('error' in read) return jsonResponse(400, read, CORS);
  const headers = { ...request.headers, 'content-type': 'application/json' };
  return { ...request, headers, body: JSON.stringify(read.metadata) };
}

/** Made on the first request that needs it, so that a start without KMS or tables is tried again. */
function lazily(make: () => Promise<Listener>): () => Promise<Listener> {
  let made: Promise<Listener> | undefined;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
}

/** The OAuth and OpenID Connect endpoints of a deployment, and the metadata of its resources. */
export function createOAuthService(options: OAuthOptions): (request: HttpRequest) => Promise<HttpResponse> {
  const { origin, deployment, allowedRedirectUris } = options;
  const resources = resourcesOf(origin);
  const application = lazily(async () => (await createOAuthApplication(options, resources)).callback());
  const run = async (request: HttpRequest) => {
    const listen = await application();
    return serve((incoming, outgoing) => void listen(incoming, outgoing), request, origin);
  };
  const register = async (request: HttpRequest) => {
    if (request.method === 'OPTIONS') return preflight('POST');
    const accepted = registration(request, allowedRedirectUris);
    if ('status' in accepted) return accepted;
    const answer = await run(accepted);
    return { ...answer, headers: { ...answer.headers, ...CORS } };
  };
  return async (request) => {
    const resource = protectedResourceMetadata(request.path, origin, resources, deployment);
    if (resource && request.method === 'OPTIONS') return preflight('GET');
    if (resource) return ['GET', 'HEAD'].includes(request.method) ? resource : NOT_FOUND;
    const route = routeOf(request);
    switch (route?.kind) {
      case undefined:
        return NOT_FOUND;
      case 'metadata':
        return authorizationServerMetadata(await run(request), ADVERTISED_SCOPES);
      case 'register':
        return register(request);
      case 'authorize':
        return run({ ...request, query: withResourceScopes(request.query, resources) });
      default:
        return run(request);
    }
  };
}
