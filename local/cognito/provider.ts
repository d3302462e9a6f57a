import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import type { JWK } from 'jose';
import { type Configuration, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Account } from './accounts.ts';
import { claimsOf, claimsOfScopes, SCOPES } from './claims.ts';
import { signInState } from './sign-in-state.ts';

const HOUR = 3600;

export interface Pool {
  issuer: string;
  poolId: string;
  clientId: string;
  callbackUrls: readonly string[];
  accounts: readonly Account[];
  key: JWK;
  /** Where sign-ins under way are kept. */
  dataFolder: string;
}

/** An OpenID provider that behaves as a Cognito user pool with one public client. */
export function createPool(pool: Pool): Provider {
  const path = new URL(pool.issuer).pathname;
  const configuration: Configuration = {
    adapter: signInState(join(pool.dataFolder, 'sign-ins')),
    clients: [
      {
        client_id: pool.clientId,
        redirect_uris: [...pool.callbackUrls],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
        require_auth_time: true,
      },
    ],
    jwks: { keys: [pool.key] },
    pkce: { required: () => true },
    claims: claimsOfScopes(pool.accounts.flatMap(({ provider }) => Object.keys(provider?.attributes ?? {}))),
    conformIdTokenClaims: false,
    // Cognito's: the provider whose page is to be shown, without a choice before it.
    extraParams: ['identity_provider'],
    scopes: SCOPES,
    responseTypes: ['code'],
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: false } },
    interactions: { url: (_context, interaction) => `${pool.issuer}/sign-in/${interaction.uid}` },
    findAccount: (_context, sub) => {
      const account = pool.accounts.find((candidate) => candidate.sub === sub);
      return account && { accountId: sub, claims: () => claimsOf(account, pool.poolId) };
    },
    loadExistingGrant: grantEverything,
    // Cookies do not know ports: with the library's names this provider and Sallyport's would share them.
    cookies: {
      names: { session: 'pool_session', interaction: 'pool_sign_in', resume: 'pool_resume' },
      long: { httpOnly: true, sameSite: 'lax', path },
      keys: [
        createHmac('sha256', pool.key.d ?? '')
          .update('cookies')
          .digest('hex'),
      ],
    },
    ttl: {
      AuthorizationCode: 300,
      AccessToken: HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: HOUR,
      Grant: HOUR,
    },
    renderError: (context, out) => {
      context.type = 'text';
      context.body = `${out.error}: ${out.error_description ?? ''}`;
    },
  };
  return new Provider(pool.issuer, configuration);
}

/** The pool's own client needs nobody's consent. */
async function grantEverything({ oidc }: KoaContextWithOIDC) {
  const { client, session, provider } = oidc;
  const known = client && session?.grantIdFor(client.clientId);
  if (known) return provider.Grant.find(known);
  if (!client || !session?.accountId) return undefined;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope(SCOPES.join(' '));
  await grant.save();
  return grant;
}
