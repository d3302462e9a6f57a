import { randomBytes } from 'node:crypto';
import type { Interaction, InteractionResults, Provider } from 'oidc-provider';
import { SallyportError } from '../../shared/errors.ts';
import { cookie, type HttpRequest, type HttpResponse } from '../../shared/http.ts';
import { logger } from '../../shared/logger.ts';
import { count } from '../../shared/metrics.ts';
import type { Table } from '../../shared/table.ts';
import { type AuditTrail, requester } from '../audit-trail.ts';
import { errorDescription } from '../error-description.ts';
import { LIFETIME, nowSeconds } from '../lifetimes.ts';
import { saveAccessSession, savePerson } from '../sessions/people-store.ts';
import type { AccessSession } from '../sessions/person.ts';
import { browserCookie, cookieNames } from './cookies.ts';
import { type IdentityProvider, newProof } from './identity-provider.ts';
import { personFromClaims, type SignedIn, type SignInSources } from './person-from-claims.ts';
import { SignInRefused } from './sign-in-refused.ts';
import { isSameBrowser, newBrowserSecret, type PendingSignIn, type SignInStore } from './sign-in-store.ts';

export interface SignInOptions {
  origin: string;
  provider: Provider;
  identity: Table;
  identityProvider: IdentityProvider;
  /** Whom it may speak of. */
  sources: SignInSources;
  pending: SignInStore;
  audit: AuditTrail;
}

/** What the identity provider's own session does not answer: in a browser whose sign-in was ended it may be a thief's. */
const ASKS_AGAIN: ReadonlySet<string> = new Set(['login_prompt', 'max_age', 'sign_in_ended']);
const BROWSER_SECRET = /^[A-Za-z0-9_-]{43}$/;

const notOpen = () =>
  new SallyportError('sign_in_expired', 400, 'This sign-in took too long or was finished before.');

/** Sign-in at the identity provider: out with a proof bound to this browser, back with a validated person. */
export class SignIn {
  readonly #options: SignInOptions;
  readonly #cookie: string;

  constructor(options: SignInOptions) {
    this.#options = options;
    this.#cookie = cookieNames(options.origin).browser;
  }

  /** Sends the browser to the identity provider. */
  async start(interaction: Interaction, request: HttpRequest): Promise<HttpResponse> {
    const proof = newProof();
    const known = cookie(request, this.#cookie);
    const secret = known && BROWSER_SECRET.test(known) ? known : newBrowserSecret();
    const hint = interaction.params.login_hint;
    const location = await this.#options.identityProvider
      .authorizationUrl(proof, {
        again: interaction.prompt.reasons.some((reason) => ASKS_AGAIN.has(reason)),
        loginHint: typeof hint === 'string' ? hint : undefined,
      })
      .catch((error: unknown) => {
        countFailure(error);
        throw error;
      });
    await this.#options.pending.start(proof, interaction.uid, secret);
    return {
      status: 303,
      headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
      cookies: [browserCookie(this.#options.origin, secret, LIFETIME.interaction)],
    };
  }

  /** `GET /oauth/callback`: finishes the interaction, as the person or with the refusal. */
  async finish(request: HttpRequest): Promise<HttpResponse> {
    const state = request.query.get('state') ?? '';
    const pending = state ? await this.#options.pending.find(state) : undefined;
    if (!pending) throw notOpen();
    if (!isSameBrowser(pending, cookie(request, this.#cookie))) {
      const reason = 'The sign-in was started in another browser.';
      await this.#failed(request, reason);
      throw new SallyportError('sign_in_refused', 403, `${reason} Only follow links that you asked for.`);
    }
    if (!(await this.#options.pending.use(state))) throw notOpen();
    const interaction = await this.#options.provider.Interaction.find(pending.interaction);
    if (!interaction) throw notOpen();
    let signedIn: SignedIn;
    try {
      signedIn = await this.#identify(request, pending, state);
    } catch (error) {
      if (!(error instanceof SallyportError)) throw error;
      if (error.status >= 500) logger.error(error.code, { error });
      await this.#failed(request, error, clientOf(interaction));
      return this.#back(interaction, {
        error: error.status >= 500 ? 'temporarily_unavailable' : 'access_denied',
        error_description: errorDescription(error.message),
      });
    }
    return this.#succeed(request, interaction, signedIn);
  }

  async #identify(
    request: HttpRequest,
    { nonce, verifier }: PendingSignIn,
    state: string,
  ): Promise<SignedIn> {
    const claims = await this.#options.identityProvider.redeem(request.query, { state, nonce, verifier });
    return personFromClaims(claims, this.#options.sources);
  }

  async #succeed(
    request: HttpRequest,
    interaction: Interaction,
    { person, authenticationMethods }: SignedIn,
  ): Promise<HttpResponse> {
    const { identity, provider, audit } = this.#options;
    const now = nowSeconds();
    const session: AccessSession = {
      sid: `s_${randomBytes(16).toString('base64url')}`,
      person,
      authenticatedAt: now,
      authenticationMethods,
      expiresAt: now + LIFETIME.accessSession,
      device: requester(request),
    };
    await audit.record({
      activity: 'sign-in',
      status: 'success',
      idp: person.idp,
      actor: {
        ...requester(request),
        ...clientOf(interaction),
        person: { id: person.id, email: person.email },
        session: session.sid,
      },
    });
    await savePerson(identity, person);
    await saveAccessSession(identity, session);
    if (interaction.session && interaction.session.accountId !== person.id) {
      const replaced = await provider.Session.findByUid(interaction.session.uid);
      await replaced?.destroy();
      interaction.session = undefined;
    }
    return this.#back(interaction, {
      ...interaction.lastSubmission,
      login: { accountId: person.id, sid: session.sid, ts: now },
    });
  }

  async #back(interaction: Interaction, result: InteractionResults): Promise<HttpResponse> {
    interaction.result = result;
    await interaction.persist();
    return {
      status: 303,
      headers: {
        location: interaction.returnTo,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      },
    };
  }

  async #failed(
    request: HttpRequest,
    why: string | SallyportError,
    about: ReturnType<typeof clientOf> | object = {},
  ): Promise<void> {
    countFailure(why);
    const actor = { ...requester(request), ...about };
    const reason = reasonOf(why);
    const idp = why instanceof SignInRefused ? why.idp : undefined;
    await this.#options.audit.record({
      activity: 'sign-in',
      status: 'failure',
      reason,
      actor,
      ...(idp ? { idp } : {}),
    });
  }
}

/** What the record says: the part that is not for the application comes first, since a long text is cut. */
function reasonOf(why: string | SallyportError): string {
  if (typeof why === 'string') return why;
  return why instanceof SignInRefused && why.recorded ? `${why.recorded} ${why.message}` : why.message;
}

function countFailure(why: unknown): void {
  const unavailable = why instanceof SallyportError && why.status >= 500;
  count('SignInFailed', { cause: unavailable ? 'idp-unavailable' : 'refused' });
}

function clientOf(interaction: Interaction): { client: { id: string } } {
  return { client: { id: String(interaction.params.client_id) } };
}
