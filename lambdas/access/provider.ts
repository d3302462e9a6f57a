import { randomBytes, timingSafeEqual } from 'node:crypto';
import { type ClientMetadata, type Configuration, errors, Provider } from 'oidc-provider';
import { CLI_CLIENT_ID, CONSOLE_CLIENT_ID, PORTAL_SCOPE, type Resources } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';
import type { Accounts } from './accounts.ts';
import { defaultResource, scopeOf } from './authorization-request.ts';
import { cookieNames } from './cookies.ts';
import { renderError } from './error-page.ts';
import { IDENTITY_SCOPES } from './grants.ts';
import { LIFETIME } from './lifetimes.ts';
import { hashSecret, ProviderStore } from './provider-store.ts';
import { isLoopback } from './redirect-rules.ts';
import type { ProviderSecrets } from './signing-key.ts';

export interface ProviderOptions {
  origin: string;
  resources: Resources;
  identity: Table;
  secrets: ProviderSecrets;
  accounts: Accounts;
  allowedRedirectUris: readonly string[];
}

export const ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  jwks: '/oauth/jwks',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  end_session: '/oauth/session/end',
} as const;

function firstPartyClients(origin: string): ClientMetadata[] {
  const common = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  } as const;
  return [
    {
      ...common,
      client_id: CLI_CLIENT_ID,
      client_name: 'Sallyport command line',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
    },
    {
      ...common,
      client_id: CONSOLE_CLIENT_ID,
      client_name: 'Sallyport console',
      application_type: 'web',
      redirect_uris: [`${origin}/console/callback`],
    },
  ];
}

/** A page may call the token endpoint from the origin that the client registered, on loopback from any port. */
function mayCallFrom(origin: string, redirectUris: readonly string[]): boolean {
  return redirectUris.some((uri) => {
    const url = URL.parse(uri);
    return url?.origin === origin || (isLoopback(uri) && isLoopback(`${origin}/`));
  });
}

function features({ resources }: ProviderOptions): Configuration['features'] {
  const off = { enabled: false };
  return {
    devInteractions: off,
    dPoP: off,
    pushedAuthorizationRequests: off,
    rpInitiatedLogout: off,
    userinfo: off,
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
    },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    registration: {
      enabled: true,
      initialAccessToken: false,
      issueRegistrationAccessToken: false,
      idFactory: () => `client-${randomBytes(16).toString('base64url')}`,
      secretFactory: () => randomBytes(32).toString('base64url'),
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, client, oneOf) => oneOf ?? defaultResource(client?.clientId ?? '', resources),
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource, client) => {
        const scope = scopeOf(resource, client.clientId, resources);
        if (!scope)
          throw new errors.InvalidTarget(
            `this client cannot get tokens for that resource here; ask for ${resources.portal}`,
          );
        return {
          scope,
          audience: resource,
          accessTokenTTL: LIFETIME.accessToken,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'RS256' } },
        };
      },
    },
  };
}

function configuration(options: ProviderOptions): Configuration {
  const { origin, identity, secrets, accounts } = options;
  const names = cookieNames(origin);
  const cookie = {
    httpOnly: true,
    sameSite: 'lax',
    signed: true,
    secure: origin.startsWith('https:'),
  } as const;
  return {
    adapter: (model: string) => new ProviderStore(model, identity, options.allowedRedirectUris),
    clients: firstPartyClients(origin),
    jwks: { keys: [secrets.signingKey] },
    cookies: {
      keys: secrets.cookieKeys,
      names: { session: names.session, interaction: names.interaction, resume: names.resume },
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    routes: ROUTES,
    features: features(options),
    scopes: [...IDENTITY_SCOPES],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post'],
    clientDefaults: { token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'RS256' },
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    clientBasedCORS: (_ctx, from, client) => mayCallFrom(from, client.redirectUris ?? []),
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    discovery: { service_documentation: `${origin}/`, userinfo_endpoint: `${origin}/oauth/userinfo` },
    interactions: {
      policy: accounts.policy(),
      url: (_ctx, interaction) => `/oauth/interaction/${interaction.uid}`,
    },
    findAccount: accounts.find,
    loadExistingGrant: accounts.loadExistingGrant,
    extraTokenClaims: accounts.extraTokenClaims,
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    renderError,
    ttl: {
      AccessToken: LIFETIME.accessToken,
      AuthorizationCode: LIFETIME.authorizationCode,
      Grant: LIFETIME.accessSession,
      IdToken: LIFETIME.idToken,
      Interaction: LIFETIME.interaction,
      RefreshToken: LIFETIME.accessSession,
      Session: LIFETIME.browserSession,
    },
  };
}

/** The authorization server. Its secrets of confidential clients are known by hash alone. */
export function createProvider(options: ProviderOptions): Provider {
  const provider = new Provider(options.origin, configuration(options));
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = async function compare(given: string): Promise<boolean> {
    const [known, asked] = [Buffer.from(this.clientSecret ?? ''), Buffer.from(hashSecret(given))];
    return known.length === asked.length && timingSafeEqual(known, asked);
  };
  return provider;
}

export const ADVERTISED_SCOPES: readonly string[] = [...IDENTITY_SCOPES, PORTAL_SCOPE];
