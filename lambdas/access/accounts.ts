import { type Account, errors, type Grant, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import type { Decision } from '../policy/decision.ts';
import { portalsOf, type Resources } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';
import type { Admission } from './admission.ts';
import type { ClientApproval } from './clients/client-approval.ts';
import { clientHosts } from './clients/client-host.ts';
import { errorDescription } from './error-description.ts';
import { requestOf } from './http-bridge.ts';
import type { Grants } from './sessions/grants.ts';
import { findAccessSession } from './sessions/people-store.ts';
import type { AccessSession } from './sessions/person.ts';
import { personSubject } from './sessions/subject.ts';
import type { BrowserSessions } from './sign-in/browser-sessions.ts';
import { HELD_REASON } from './sign-in/held-page.ts';

export interface AccountsOptions {
  identity: Table;
  resources: Resources;
  browserSessions: BrowserSessions;
  grants: Grants;
  admission: Admission;
  approval: ClientApproval;
  /** The identity providers that are still believed: with one that was removed, all that rests on it has ended. */
  accepted: ReadonlySet<string>;
  /** Told of every refusal before it is answered. */
  refused(ctx: KoaContextWithOIDC, session: AccessSession, decision: Decision): Promise<void>;
}

type Source = { grantId?: string | undefined; resource?: unknown };

function accountOf({ person }: AccessSession): Account {
  const { id, email, name, groups } = person;
  return {
    accountId: id,
    claims: () => ({
      sub: id,
      email,
      email_verified: true,
      ...(name ? { name } : {}),
      ...(groups ? { groups: [...groups] } : {}),
    }),
  };
}

/** What the library asks about people: who is signed in, what they granted, whether they may come in. */
export class Accounts {
  readonly #options: AccountsOptions;
  readonly #signedIn = new WeakMap<KoaContextWithOIDC, Promise<AccessSession | undefined>>();
  readonly #granted = new WeakMap<KoaContextWithOIDC, AccessSession>();

  constructor(options: AccountsOptions) {
    this.#options = options;
  }

  /**
   * The library's `findAccount`: with a code or refresh token (they carry a grant) the person behind the grant,
   * judged anew, otherwise the one signed in in this browser.
   */
  readonly find = async (
    ctx: KoaContextWithOIDC,
    subject: string,
    source?: Source,
  ): Promise<Account | undefined> => {
    if (source?.grantId === undefined) {
      const session = await this.signedIn(ctx);
      return session?.person.id === subject ? accountOf(session) : undefined;
    }
    const sid = await this.#options.grants.sidOf(source.grantId);
    const session = sid === undefined ? undefined : await findAccessSession(this.#options.identity, sid);
    if (session?.person.id !== subject || !this.#accepts(session)) return undefined;
    const decision = await this.#judge(ctx, session, [source.resource].flat());
    if (decision && !decision.allowed) throw new errors.InvalidGrant(decision.reason);
    const standing = ctx.oidc.client && (await this.#options.approval.standing(ctx.oidc.client));
    if (standing && standing !== 'admitted') throw new errors.InvalidGrant(HELD_REASON[standing]);
    this.#granted.set(ctx, session);
    return accountOf(session);
  };

  #accepts({ person }: AccessSession): boolean {
    return this.#options.accepted.has(person.idp);
  }

  /** The sign-in behind this browser's session; a sign-in that was just made is bound to it first. */
  async signedIn(ctx: KoaContextWithOIDC): Promise<AccessSession | undefined> {
    const known = this.#signedIn.get(ctx) ?? this.#readSignedIn(ctx);
    this.#signedIn.set(ctx, known);
    return known;
  }

  async #readSignedIn(ctx: KoaContextWithOIDC): Promise<AccessSession | undefined> {
    const { session, result } = ctx.oidc;
    if (!session?.accountId) return undefined;
    if (typeof result?.login?.sid === 'string')
      await this.#options.browserSessions.bind(session.uid, result.login.sid);
    const signedIn = await this.#options.browserSessions.find(session.uid);
    return signedIn?.person.id === session.accountId && this.#accepts(signedIn) ? signedIn : undefined;
  }

  readonly loadExistingGrant = async (ctx: KoaContextWithOIDC): Promise<Grant | undefined> => {
    const { client, provider, result, session } = ctx.oidc;
    const signedIn = await this.signedIn(ctx);
    const id = result?.consent?.grantId ?? (client && session?.grantIdFor(client.clientId));
    return id && signedIn ? this.#options.grants.ofSignIn(provider, id, signedIn.sid) : undefined;
  };

  /** Access tokens name the session and the grant, so that both can be ended. */
  readonly extraTokenClaims = async (
    ctx: KoaContextWithOIDC,
    token: object,
  ): Promise<{ sid: string; gid: string }> => {
    const session = this.#granted.get(ctx);
    const gid = 'grantId' in token ? token.grantId : undefined;
    if (!session || typeof gid !== 'string')
      throw new Error('An access token was about to be issued outside a grant.');
    return { sid: session.sid, gid };
  };

  /**
   * The library's prompts with ours between: a live sign-in, then the portal's policies, then the owners' decision
   * about the application, then consent.
   */
  policy(): interactionPolicy.DefaultPolicy {
    const { base, Check, Prompt } = interactionPolicy;
    const policy = base();
    policy
      .get('login')
      ?.checks.add(
        new Check('sign_in_ended', 'the sign-in has ended', 'login_required', async (ctx) =>
          Boolean(ctx.oidc.session?.accountId && !(await this.signedIn(ctx))),
        ),
      );
    const admitted = new Check('not_admitted', 'the portal refused', 'access_denied', async (ctx) => {
      const session = await this.signedIn(ctx);
      const decision =
        session && (await this.#judge(ctx, session, Object.keys(ctx.oidc.resourceServers ?? {})));
      if (!decision || decision.allowed) return false;
      await ctx.oidc.session?.destroy();
      throw new errors.AccessDenied(errorDescription(decision.reason));
    });
    policy.add(new Prompt({ name: 'admission', requestable: false }, admitted), 1);
    const approved = new Check('not_approved', HELD_REASON.held, 'access_denied', async (ctx) => {
      const session = await this.signedIn(ctx);
      const { client } = ctx.oidc;
      if (!session || !client) return false;
      return (await this.#options.approval.ask(client, session, requestOf(ctx))) !== 'admitted';
    });
    policy.add(new Prompt({ name: 'client', requestable: false }, approved), 2);
    return policy;
  }

  async #judge(
    ctx: KoaContextWithOIDC,
    session: AccessSession,
    resources: readonly unknown[],
  ): Promise<Decision | undefined> {
    if (!portalsOf(this.#options.resources).some((portal) => resources.includes(portal))) return undefined;
    const client = ctx.oidc.client && { id: ctx.oidc.client.clientId, hosts: clientHosts(ctx.oidc.client) };
    const decision = await this.#options.admission.judge(personSubject(session, client ? { client } : {}));
    if (!decision.allowed) await this.#options.refused(ctx, session, decision);
    return decision;
  }
}
