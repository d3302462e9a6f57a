import type { KMSClient } from '@aws-sdk/client-kms';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { AuditWriter } from '../audit/record.ts';
import type { Decision } from '../policy/decision.ts';
import type { Resources } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';
import { Accounts } from './accounts.ts';
import { Admission, type AdmissionOptions } from './admission.ts';
import { AuditTrail, clientActor, requester } from './audit-trail.ts';
import { BrowserSessions } from './browser-sessions.ts';
import { Grants } from './grants.ts';
import { requestOf } from './http-bridge.ts';
import { IdentityProvider } from './identity-provider.ts';
import { Interactions } from './interactions.ts';
import { ownPages } from './own-pages.ts';
import type { AccessSession } from './person.ts';
import { createProvider } from './provider.ts';
import { recordEvents } from './provider-events.ts';
import { RefreshReplay } from './refresh-replay.ts';
import { createSessionReader } from './session-reader.ts';
import { SignIn } from './sign-in.ts';
import { SignInStore } from './sign-in-store.ts';
import { loadSecrets, type ProviderSecrets } from './signing-key.ts';
import { replayRefreshes } from './token-replay.ts';
import { createUserinfo } from './userinfo.ts';
import { createTokenVerifier } from './verify-token.ts';

export interface OAuthOptions {
  origin: string;
  /** The deployment's name, as people see it. */
  deployment: string;
  identity: Table;
  vault: Table;
  kms: KMSClient;
  vaultKeyArn: string;
  idp: { issuer: string; clientId: string; name: string };
  allowedRedirectUris: readonly string[];
  admission: AdmissionOptions;
  audit: AuditWriter;
}

/** What the parts of one application share. */
interface Parts {
  options: OAuthOptions;
  resources: Resources;
  secrets: ProviderSecrets;
  audit: AuditTrail;
  browserSessions: BrowserSessions;
  grants: Grants;
}

function refusalRecorder(audit: AuditTrail) {
  return (ctx: KoaContextWithOIDC, { person, sid }: AccessSession, decision: Decision) =>
    audit.record(
      {
        activity: ctx.oidc.route === 'token' ? 'token' : 'sign-in',
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
}

function makeProvider({ options, resources, secrets, audit, browserSessions, grants }: Parts): Provider {
  const { origin, identity, allowedRedirectUris } = options;
  const accounts = new Accounts({
    identity,
    resources,
    browserSessions,
    grants,
    admission: new Admission(options.admission),
    refused: refusalRecorder(audit),
  });
  return createProvider({ origin, resources, identity, secrets, accounts, allowedRedirectUris });
}

function makePages(
  provider: Provider,
  { options, resources, secrets, audit, browserSessions, grants }: Parts,
) {
  const { origin, identity, idp, deployment } = options;
  const redirectUri = `${origin}/oauth/callback`;
  const signIn = new SignIn({
    origin,
    provider,
    identity,
    identityProvider: new IdentityProvider({ issuer: idp.issuer, clientId: idp.clientId, redirectUri }),
    idpName: idp.name,
    pending: new SignInStore(identity),
    audit,
  });
  const { formKey } = secrets;
  const interactions = new Interactions({
    provider,
    deployment,
    resources,
    formKey,
    signIn,
    browserSessions,
    grants,
    audit,
  });
  const userinfo = createUserinfo({
    identity,
    verifiers: [resources.portal, resources.admin].map((audience) =>
      createTokenVerifier({ origin, audience, identity }),
    ),
    sessions: createSessionReader(identity),
  });
  return ownPages({ interactions, signIn, userinfo });
}

/** Puts the authorization server together, with the deployment's keys. */
export async function createOAuthApplication(options: OAuthOptions, resources: Resources): Promise<Provider> {
  const { identity } = options;
  const audit = new AuditTrail(options.audit);
  const parts: Parts = {
    options,
    resources,
    secrets: await loadSecrets(options),
    audit,
    browserSessions: new BrowserSessions(identity),
    grants: new Grants(identity),
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
  provider.use(replayRefreshes(provider, new RefreshReplay(identity)));
  return provider;
}
