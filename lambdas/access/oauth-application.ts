import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Decision } from '../policy/decision.ts';
import { count } from '../shared/metrics.ts';
import { portalsOf, type Resources } from '../shared/origin.ts';
import { Accounts } from './accounts.ts';
import { Admission } from './admission.ts';
import { AuditTrail, clientActor, requester } from './audit-trail.ts';
import { ClientApproval } from './clients/client-approval.ts';
import { createClientKeyFetch } from './clients/client-key-fetch.ts';
import { createClientStore } from './clients/client-store.ts';
import { ServiceClients } from './clients/service-clients.ts';
import { ServiceTokens } from './clients/service-tokens.ts';
import { answerForAccessTokens } from './flows/access-token-status.ts';
import { noteRefreshes } from './flows/last-refresh.ts';
import { RefreshReplay } from './flows/refresh-replay.ts';
import { TokenGrants } from './flows/token-grants.ts';
import { replayRefreshes } from './flows/token-replay.ts';
import { requestOf } from './http-bridge.ts';
import type { ProviderSecrets } from './keys/key-ring.ts';
import type { OAuthOptions, OAuthParts } from './oauth-parts.ts';
import { createProvider } from './provider.ts';
import { recordEvents } from './provider-events.ts';
import { Grants } from './sessions/grants.ts';
import { createHolderReader } from './sessions/holder-reader.ts';
import type { AccessSession } from './sessions/person.ts';
import { createSessionReader } from './sessions/session-reader.ts';
import { BrowserSessions } from './sign-in/browser-sessions.ts';
import { makePages } from './sign-in/make-pages.ts';
import { keepFromUntrustedRedirects } from './sign-in/untrusted-redirects.ts';
import { createHolderVerifier } from './tokens/verify-token.ts';

function refusalRecorder(audit: AuditTrail) {
  return (ctx: KoaContextWithOIDC, { person, sid }: AccessSession, decision: Decision) => {
    const activity = ctx.oidc.route === 'token' ? 'token' : 'sign-in';
    if (activity === 'sign-in') count('SignInFailed', { cause: 'refused' });
    return audit.record(
      {
        activity,
        status: 'failure',
        reason: decision.reason,
        actor: {
          ...requester(requestOf(ctx)),
          ...(ctx.oidc.client ? clientActor(ctx.oidc.client) : {}),
          person: { id: person.id, email: person.email },
          session: sid,
        },
      },
      ctx.req,
    );
  };
}

export type { OAuthOptions } from './oauth-parts.ts';

/** Everybody who may say who somebody is; the user pool itself only where nobody else does. */
function acceptedProviders({ idp, identityProviders = [], assertionIssuers = [] }: OAuthOptions) {
  const names = identityProviders.map(({ name }) => name);
  return new Set([...(names.length > 0 ? names : [idp.name]), ...assertionIssuers.map((one) => one.idp)]);
}

function makeProvider(parts: OAuthParts): Provider {
  const { options, resources, secrets, audit, browserSessions, grants, approval, admission, services } =
    parts;
  const { origin, identity } = options;
  const accounts = new Accounts({
    identity,
    resources,
    browserSessions,
    grants,
    admission,
    approval,
    accepted: acceptedProviders(options),
    refused: refusalRecorder(audit),
  });
  return createProvider({
    origin,
    resources,
    identity,
    secrets,
    accounts,
    clients: createClientStore(options, services),
    services,
    tokenGrants: new TokenGrants({
      ...parts,
      origin,
      identity,
      outgoingNetworks: options.outgoingNetworks,
      assertionIssuers: options.assertionIssuers ?? [],
    }),
    deviceCode: options.deviceCode === true,
    fetch: createClientKeyFetch(identity, options.outgoingNetworks),
  });
}

/** What judges access tokens of any kind that clients bring back to ask about or to end, as the tables are now. */
function makeJudges({ options, resources, serviceTokens }: OAuthParts) {
  const { origin, identity } = options;
  const atOnce = { keepMs: 0 };
  return {
    verifiers: [...portalsOf(resources), resources.admin].map((audience) =>
      createHolderVerifier({ origin, audience, identity }),
    ),
    holders: createHolderReader(createSessionReader(identity, atOnce), serviceTokens, atOnce),
  };
}

/** Puts the authorization server together, with the deployment's keys. */
export function createOAuthApplication(
  options: OAuthOptions,
  resources: Resources,
  secrets: ProviderSecrets,
): Provider {
  const { identity } = options;
  const audit = new AuditTrail(options.audit);
  const serviceTokens = new ServiceTokens(options.policies, identity);
  const parts: OAuthParts = {
    options,
    resources,
    secrets,
    audit,
    browserSessions: new BrowserSessions(identity),
    grants: new Grants(identity),
    approval: new ClientApproval({ identity, admission: options.admission, audit }),
    admission: new Admission(options.admission),
    serviceTokens,
    services: new ServiceClients(serviceTokens),
  };
  const provider = makeProvider(parts);
  recordEvents(provider, audit, identity);
  provider.use(async (ctx, next) => {
    try {
      await next();
    } finally {
      await audit.settle(ctx.req);
    }
  });
  provider.use(makePages(provider, parts));
  const { approval } = parts;
  const { allowedRedirectUris } = options;
  provider.use(keepFromUntrustedRedirects({ provider, approval, allowedRedirectUris }));
  provider.use(answerForAccessTokens({ provider, identity, audit, ...makeJudges(parts) }));
  provider.use(replayRefreshes(provider, new RefreshReplay(identity)));
  provider.use(noteRefreshes(provider, identity));
  return provider;
}
