import type { Client, Provider } from 'oidc-provider';
import { SallyportError } from '../../shared/errors.ts';
import type { HttpResponse } from '../../shared/http.ts';
import { CONSOLE_CLIENT_ID, type Resources } from '../../shared/origin.ts';
import type { Table } from '../../shared/table.ts';
import { type AuditTrail, clientActor, requester } from '../audit-trail.ts';
import { clientHosts } from '../clients/client-host.ts';
import { keepUsedClient } from '../clients/client-store.ts';
import { type Grants, requestedAccess } from '../sessions/grants.ts';
import type { AccessSession } from '../sessions/person.ts';
import type { BrowserSessions } from './browser-sessions.ts';
import { consentPage } from './consent-page.ts';
import type { ConsentQuestions } from './consent-question.ts';
import { isFormToken } from './form-token.ts';
import type { HeldInteraction } from './held-interaction.ts';
import { type InteractionDetails, type InteractionRequest, seeOther } from './interaction-request.ts';
import type { SignIn } from './sign-in.ts';

export interface InteractionsOptions {
  provider: Provider;
  resources: Resources;
  formKey: string;
  signIn: SignIn;
  browserSessions: BrowserSessions;
  grants: Grants;
  questions: ConsentQuestions;
  held: HeldInteraction;
  identity: Table;
  audit: AuditTrail;
}

const refused = (message: string) => new SallyportError('invalid_request', 400, message);

/** The pages between an application's request and its answer: sign-in, consent, signing in as somebody else. */
export class Interactions {
  readonly #options: InteractionsOptions;

  constructor(options: InteractionsOptions) {
    this.#options = options;
  }

  /** `GET /oauth/interaction/{uid}`: whatever the request needs next. */
  async show(call: InteractionRequest): Promise<HttpResponse> {
    const details = await this.#details(call);
    if (details.prompt.name === 'login') return this.#options.signIn.start(details, call.request);
    const { session, client } = await this.#parties(details);
    if (details.prompt.name === 'client')
      return this.#options.held.show(call, details, session.person, client);
    if (client.clientId === CONSOLE_CLIENT_ID) return this.#allow(call, details, session);
    return consentPage(await this.#options.questions.about(details, session.person, client));
  }

  /** `POST /oauth/interaction/{uid}/consent`: the person's answer. */
  async answer(call: InteractionRequest): Promise<HttpResponse> {
    const form = new URLSearchParams(call.request.body);
    const details = await this.#details(call);
    this.#checkForm(call.uid, form.get('csrf'));
    const { session, client } = await this.#parties(details);
    if (details.prompt.name === 'client') return this.#options.held.leave(call, client);
    switch (form.get('decision')) {
      case 'allow':
        return this.#allow(call, details, session);
      case 'deny': {
        await this.#record(call, session, client, 'failure', 'The person denied access.');
        const result = { error: 'access_denied', error_description: 'The person denied access.' };
        return seeOther(await this.#options.provider.interactionResult(call.req, call.res, result));
      }
      default:
        throw refused('The form came without a decision. Use the buttons of the page.');
    }
  }

  /** `GET /oauth/interaction/{uid}/switch`: ends the browser's session and asks anew for the same application. */
  async switchPerson(call: InteractionRequest): Promise<HttpResponse> {
    const details = await this.#details(call);
    this.#checkForm(call.uid, call.request.query.get('csrf'));
    const { provider } = this.#options;
    const session = details.session && (await provider.Session.findByUid(details.session.uid));
    await session?.destroy();
    await details.destroy();
    const asked = typeof details.params.prompt === 'string' ? details.params.prompt : '';
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(details.params)) {
      if (name === 'prompt') continue;
      for (const one of [value].flat()) if (typeof one === 'string') query.append(name, one);
    }
    query.set('prompt', asked.includes('consent') ? 'login consent' : 'login');
    return seeOther(`/oauth/authorize?${query.toString()}`);
  }

  /** The library finds the interaction by its cookie; the page must be the one of that interaction. */
  async #details({ uid, req, res }: InteractionRequest): Promise<InteractionDetails> {
    const details = await this.#options.provider.interactionDetails(req, res);
    if (details.uid !== uid)
      throw refused('This page belongs to another request. Start again in your application.');
    return details;
  }

  #checkForm(uid: string, csrf: string | null): void {
    if (!isFormToken(this.#options.formKey, uid, csrf))
      throw new SallyportError(
        'invalid_request',
        403,
        'The form was not ours or was changed. Go back and try again.',
      );
  }

  async #parties(details: InteractionDetails): Promise<{ session: AccessSession; client: Client }> {
    if (!['client', 'consent'].includes(details.prompt.name) || !details.session)
      throw refused('There is nothing to consent to here.');
    const session = await this.#options.browserSessions.find(details.session.uid);
    const client = await this.#options.provider.Client.find(String(details.params.client_id));
    if (session?.person.id !== details.session.accountId || !client)
      throw refused('The sign-in has ended. Start again in your application.');
    return { session, client };
  }

  async #allow(
    call: InteractionRequest,
    details: InteractionDetails,
    session: AccessSession,
  ): Promise<HttpResponse> {
    const { provider, grants, resources } = this.#options;
    const requested = requestedAccess(details.params, resources);
    const client = await provider.Client.find(requested.clientId);
    const access = { ...requested, clientHosts: client && clientHosts(client) };
    if (client) await this.#record(call, session, client, 'success');
    const grantId = await grants.create(provider, session, access, client?.clientName);
    await keepUsedClient(this.#options.identity, access.clientId);
    return seeOther(await provider.interactionResult(call.req, call.res, { consent: { grantId } }));
  }

  async #record(
    { request }: InteractionRequest,
    session: AccessSession,
    client: Client,
    status: 'success' | 'failure',
    reason?: string,
  ): Promise<void> {
    const { id, email } = session.person;
    await this.#options.audit.record({
      activity: 'consent',
      status,
      ...(reason ? { reason } : {}),
      actor: {
        ...requester(request),
        person: { id, email },
        session: session.sid,
        ...clientActor(client),
      },
    });
  }
}
