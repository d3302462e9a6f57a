import { randomBytes } from 'node:crypto';
import { errors, type Provider, type TokenEndpointGrantContext } from 'oidc-provider';
import {
  buildTokenResponse,
  checkDpopReplay,
  checkDpopRequired,
  findAccount,
  resolveRequestedResources,
  validateDpop,
} from 'oidc-provider/lib/helpers/grants.js';
import type { Authentication } from '../../audit/record.ts';
import { PORTAL_SCOPE, type Resources } from '../../shared/origin.ts';
import type { Table } from '../../shared/table.ts';
import type { Admission } from '../admission.ts';
import { type AuditTrail, clientActor, requester } from '../audit-trail.ts';
import type { ClientApproval } from '../clients/client-approval.ts';
import { clientHosts } from '../clients/client-host.ts';
import { isUrl } from '../clients/client-id-url.ts';
import { errorDescription } from '../error-description.ts';
import { requestOf } from '../http-bridge.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import type { Grants } from '../sessions/grants.ts';
import { findPerson, saveAccessSession, savePerson } from '../sessions/people-store.ts';
import type { AccessSession, Person } from '../sessions/person.ts';
import { personSubject } from '../sessions/subject.ts';
import { HELD_REASON } from '../sign-in/held-page.ts';
import { useOnce } from './assertion-replay.ts';
import { describePerson, JWT_BEARER, judgeAssertion } from './identity-assertion.ts';
import {
  CLOCK_TOLERANCE,
  type IdentityAssertionVerifier,
  LONGEST_LIFE,
  type VerifiedAssertion,
} from './identity-assertion-verifier.ts';
import { invalidGrant } from './token-errors.ts';

/** What metadata names this profile of the grant by (draft-ietf-oauth-identity-assertion-authz-grant section 7.2). */
export const ID_JAG_PROFILE = 'urn:ietf:params:oauth:grant-profile:id-jag';

export interface IdentityAssertionOptions {
  verifier: IdentityAssertionVerifier;
  resources: Resources;
  identity: Table;
  grants: Grants;
  admission: Admission;
  approval: ClientApproval;
  audit: AuditTrail;
}

type Context = TokenEndpointGrantContext<{ assertion?: unknown }>;

/**
 * Which clients may redeem an assertion: those that prove who they are, and those whose id is the URL of their
 * metadata document, for which MCP's extension (section 5) makes the proof optional. Their assertion names that URL, is
 * used once and lives for minutes. A registered client without a secret has nothing that its identity provider could
 * know it by: anybody registers, under any name.
 */
function checkClient({ client }: Context['oidc']): void {
  if (client.clientAuthMethod !== 'none' || isUrl(client.clientId)) return;
  throw new errors.UnauthorizedClient(
    'redeem assertions with a client that authenticates, or one with a metadata document',
  );
}

function newSession(person: Person, ctx: Context): AccessSession {
  const now = nowSeconds();
  return {
    sid: `s_${randomBytes(16).toString('base64url')}`,
    person,
    authenticatedAt: now,
    expiresAt: now + LIFETIME.accessToken,
    device: requester(requestOf(ctx)),
  };
}

/** Enterprise-managed authorization (MCP extension): an identity provider's assertion in place of a sign-in. */
export class IdentityAssertionGrant {
  readonly #options: IdentityAssertionOptions;

  constructor(options: IdentityAssertionOptions) {
    this.#options = options;
  }

  serve(provider: Provider): void {
    const parameters = ['assertion', 'scope', 'resource'];
    provider.registerGrantType<{ assertion?: unknown }>(
      JWT_BEARER,
      (ctx) => this.#answer(provider, ctx),
      parameters,
      'resource',
    );
  }

  async #answer(provider: Provider, ctx: Context): Promise<void> {
    checkClient(ctx.oidc);
    const { assertion } = ctx.oidc.params;
    if (typeof assertion !== 'string') throw new errors.InvalidRequest('the assertion is missing');
    const proof = await validateDpop(provider, ctx);
    checkDpopRequired(provider, ctx, proof);
    const [resourceServer, ...others] = await resolveRequestedResources(provider, ctx);
    if (resourceServer?.identifier() !== this.#options.resources.portal || others.length > 0)
      throw new errors.InvalidTarget(`assertions are for ${this.#options.resources.portal} alone`);
    const verified = await this.#options.verifier.verify(assertion);
    const session = await this.#admit(ctx, verified);
    if (proof) await checkDpopReplay(provider, ctx, proof, ctx.oidc.client.clientId);

    const grantId = await this.#signIn(provider, ctx, verified, session);
    const { portal } = this.#options.resources;
    const account = await findAccount(provider, ctx, session.person.id, { grantId, resource: portal });
    if (!account) throw invalidGrant('The sign-in has ended.');
    ctx.oidc.entity('Account', account);
    const token = new provider.AccessToken({
      accountId: account.accountId,
      client: ctx.oidc.client,
      grantId,
      gty: JWT_BEARER,
      resourceServer,
      scope: PORTAL_SCOPE,
    });
    if (proof) token.setThumbprint('jkt', proof.thumbprint);
    ctx.oidc.entity('AccessToken', token);
    const accessToken = await token.save();
    ctx.body = buildTokenResponse(provider, {
      accessToken,
      expiresIn: token.expiration,
      scope: PORTAL_SCOPE,
      tokenType: token.tokenType,
    });
  }

  /** The session of whom the assertion speaks, not stored yet; whoever is refused is recorded. */
  async #admit(ctx: Context, verified: VerifiedAssertion): Promise<AccessSession> {
    const { issuer, claims } = verified;
    const { identity, admission, approval, resources } = this.#options;
    const { client } = ctx.oidc;
    const refused = async (error: unknown, session?: AccessSession) => {
      if (error instanceof errors.OIDCProviderError)
        await this.#record(
          ctx,
          session,
          'failure',
          `${issuer.idp}: ${error.error_description ?? error.error}`,
        );
      return error;
    };
    const request = {
      clientId: client.clientId,
      resource: resources.portal,
      scopes: ctx.oidc.requestParamScopes,
    };
    let vouched: ReturnType<typeof judgeAssertion>;
    try {
      vouched = judgeAssertion(claims, issuer, request);
    } catch (error) {
      throw await refused(error);
    }
    const person = describePerson(vouched, claims, await findPerson(identity, vouched.id));
    const session = newSession(person, ctx);
    const { allowed, reason } = await admission.judge(personSubject(session));
    if (!allowed) throw await refused(new errors.AccessDenied(errorDescription(reason)), session);
    const standing = await approval.ask(client, session, requestOf(ctx));
    if (standing !== 'admitted') throw new errors.AccessDenied(HELD_REASON[standing]);
    const until = Math.min(claims.exp, claims.iat + LONGEST_LIFE) + CLOCK_TOLERANCE + 1;
    if (!(await useOnce(identity, issuer.issuer, claims.jti, until)))
      throw await refused(invalidGrant('The assertion was used before.'), session);
    return session;
  }

  /** Stores what the assertion stands for; all of it ends with the access token. */
  async #signIn(
    provider: Provider,
    ctx: Context,
    { issuer }: VerifiedAssertion,
    session: AccessSession,
  ): Promise<string> {
    const { identity, grants, resources } = this.#options;
    const { clientId, clientName } = ctx.oidc.client;
    await this.#record(ctx, session, 'success', `Vouched for by ${issuer.idp} (${issuer.issuer}).`);
    await savePerson(identity, session.person);
    await saveAccessSession(identity, session);
    const access = {
      clientId,
      clientHosts: clientHosts(ctx.oidc.client),
      redirectUri: undefined,
      identityScopes: [],
      resources: new Map([[resources.portal, PORTAL_SCOPE]]),
    };
    return grants.create(provider, session, access, clientName, LIFETIME.accessToken);
  }

  async #record(
    ctx: Context,
    session: AccessSession | undefined,
    status: Authentication['status'],
    reason: string,
  ): Promise<void> {
    const { person, sid } = session ?? {};
    const actor = {
      ...requester(requestOf(ctx)),
      ...clientActor(ctx.oidc.client),
      ...(person && sid ? { person: { id: person.id, email: person.email }, session: sid } : {}),
    };
    await this.#options.audit.record({ activity: 'sign-in', status, reason, actor }, ctx.req);
  }
}
