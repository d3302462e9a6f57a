import type { HttpRequest } from '../shared/http.ts';

type Step = 'show' | 'answer' | 'switch';

/** What answers a path; exact paths only, since the library also matches other spellings of its own. */
export type OAuthRoute =
  | { kind: 'authorize' | 'register' | 'form' | 'device' | 'library' | 'metadata' | 'callback' | 'userinfo' }
  | { kind: 'interaction'; uid: string; step: Step };

const ENDPOINTS: Readonly<
  Record<string, { kind: Exclude<OAuthRoute['kind'], 'interaction'>; methods: string }>
> = {
  '/.well-known/oauth-authorization-server': { kind: 'metadata', methods: 'GET HEAD OPTIONS' },
  '/.well-known/openid-configuration': { kind: 'metadata', methods: 'GET HEAD OPTIONS' },
  '/oauth/authorize': { kind: 'authorize', methods: 'GET' },
  '/oauth/callback': { kind: 'callback', methods: 'GET' },
  '/oauth/device': { kind: 'device', methods: 'GET POST' },
  '/oauth/device_authorization': { kind: 'form', methods: 'POST OPTIONS' },
  '/oauth/introspect': { kind: 'library', methods: 'POST OPTIONS' },
  '/oauth/jwks': { kind: 'library', methods: 'GET HEAD OPTIONS' },
  '/oauth/par': { kind: 'form', methods: 'POST OPTIONS' },
  '/oauth/register': { kind: 'register', methods: 'POST OPTIONS' },
  '/oauth/revoke': { kind: 'library', methods: 'POST OPTIONS' },
  '/oauth/session/end/confirm': { kind: 'library', methods: 'POST' },
  '/oauth/token': { kind: 'library', methods: 'POST OPTIONS' },
  '/oauth/userinfo': { kind: 'userinfo', methods: 'GET POST' },
};
const INTERACTION_STEPS: Readonly<Record<string, Step>> = {
  'GET ': 'show',
  'POST /consent': 'answer',
  'GET /switch': 'switch',
};

/** The route of a request; undefined when there is none. */
export function routeOf({ method, path }: Pick<HttpRequest, 'method' | 'path'>): OAuthRoute | undefined {
  const endpoint = Object.hasOwn(ENDPOINTS, path) ? ENDPOINTS[path] : undefined;
  if (endpoint) return endpoint.methods.split(' ').includes(method) ? { kind: endpoint.kind } : undefined;
  if (method === 'GET' && /^\/oauth\/(?:authorize|device)\/[\w-]{1,128}$/.test(path))
    return { kind: 'library' };
  const interaction = /^\/oauth\/interaction\/([\w-]{1,128})(\/consent|\/switch)?$/.exec(path);
  const step = INTERACTION_STEPS[`${method} ${interaction?.[2] ?? ''}`];
  return interaction?.[1] && step ? { kind: 'interaction', uid: interaction[1], step } : undefined;
}
