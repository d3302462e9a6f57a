import { type Configuration, Provider } from 'oidc-provider';
import { PORTAL_SCOPE, type Resources } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';
import type { Accounts } from './accounts.ts';
import { compareSecretsByHash } from './clients/client-secrets.ts';
import type { ClientStore } from './clients/client-store.ts';
import { firstPartyClients } from './clients/first-party-clients.ts';
import { isLoopback } from './clients/redirect-rules.ts';
import type { ServiceClients } from './clients/service-clients.ts';
import { ID_JAG_PROFILE } from './flows/identity-assertion-grant.ts';
import type { TokenGrants } from './flows/token-grants.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { ProviderSecrets } from './keys/key-ring.ts';
import { LIFETIME } from './lifetimes.ts';
import { providerFeatures } from './provider-features.ts';
import { ProviderStore } from './provider-store.ts';
import { IDENTITY_SCOPES } from './sessions/grants.ts';
import { cookieNames } from './sign-in/cookies.ts';
import { renderError } from './sign-in/error-page.ts';
import { DPOP_ALGORITHMS } from './tokens/dpop-proof.ts';

export interface ProviderOptions {
  origin: string;
  resources: Resources;
  identity: Table;
  secrets: ProviderSecrets;
  accounts: Accounts;
  /** Devices may sign in by a code. */
  deviceCode: boolean;
  /** The only way out, for what clients name. */
  fetch: GuardedFetch;
  clients: ClientStore;
  services: ServiceClients;
  tokenGrants: TokenGrants;
}

export const ROUTES = {
  authorization: '/oauth/authorize',
  token: '/oauth/token',
  registration: '/oauth/register',
  jwks: '/oauth/jwks',
  revocation: '/oauth/revoke',
  introspection: '/oauth/introspect',
  pushed_authorization_request: '/oauth/par',
  device_authorization: '/oauth/device_authorization',
  code_verification: '/oauth/device',
  end_session: '/oauth/session/end',
} as const;

/** A page may call the token endpoint from the origin that the client registered, on loopback from any port. */
function mayCallFrom(origin: string, redirectUris: readonly string[]): boolean {
  return redirectUris.some((uri) => {
    const url = URL.parse(uri);
    return url?.origin === origin || (isLoopback(uri) && isLoopback(`${origin}/`));
  });
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
    adapter: (model: string) => (model === 'Client' ? options.clients : new ProviderStore(model, identity)),
    clients: firstPartyClients(origin),
    jwks: { keys: [...secrets.signingKeys] },
    cookies: {
      keys: [...secrets.cookieKeys],
      names: { session: names.session, interaction: names.interaction, resume: names.resume },
      long: { ...cookie, path: '/' },
      short: cookie,
    },
    routes: ROUTES,
    features: providerFeatures(options),
    scopes: [...IDENTITY_SCOPES],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    conformIdTokenClaims: false,
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    clientDefaults: { token_endpoint_auth_method: 'none', id_token_signed_response_alg: 'RS256' },
    enabledJWA: {
      clientAuthSigningAlgValues: ['RS256', 'ES256', 'EdDSA', 'Ed25519'],
      idTokenSigningAlgValues: ['RS256'],
      dPoPSigningAlgValues: [...DPOP_ALGORITHMS],
    },
    clientBasedCORS: (_ctx, from, client) => mayCallFrom(from, client.redirectUris ?? []),
    pkce: { required: () => true },
    allowOmittingSingleRegisteredRedirectUri: false,
    acceptQueryParamAccessTokens: false,
    discovery: {
      service_documentation: `${origin}/`,
      userinfo_endpoint: `${origin}/oauth/userinfo`,
      // The library's own support is off: ours looks at the document before anything is fetched, and behind the guard.
      client_id_metadata_document_supported: true,
      ...(options.tokenGrants.identityAssertion
        ? { authorization_grant_profiles_supported: [ID_JAG_PROFILE] }
        : {}),
    },
    interactions: {
      policy: accounts.policy(),
      url: (_ctx, interaction) => `/oauth/interaction/${interaction.uid}`,
    },
    findAccount: accounts.find,
    loadExistingGrant: accounts.loadExistingGrant,
    extraTokenClaims: (ctx, token) =>
      token.kind === 'ClientCredentials'
        ? options.tokenGrants.clientCredentials.claimsOf(ctx)
        : accounts.extraTokenClaims(ctx, token),
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: () => true,
    revokeGrantPolicy: () => true,
    renderError,
    fetch: (address, init) => options.fetch(address instanceof Request ? address.url : address, init),
    ttl: {
      AccessToken: LIFETIME.accessToken,
      AuthorizationCode: LIFETIME.authorizationCode,
      DeviceCode: LIFETIME.deviceCode,
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
  compareSecretsByHash(provider, options.services);
  options.tokenGrants.serve(provider);
  return provider;
}

export const ADVERTISED_SCOPES: readonly string[] = [...IDENTITY_SCOPES, PORTAL_SCOPE];
