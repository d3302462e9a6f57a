import type { Client, Provider } from 'oidc-provider';
import type { HttpResponse } from '../../shared/http.ts';
import type { ClientApproval } from '../clients/client-approval.ts';
import { clientHosts } from '../clients/client-host.ts';
import type { Person } from '../sessions/person.ts';
import { formToken } from './form-token.ts';
import { HELD_REASON, heldPage } from './held-page.ts';
import {
  type InteractionDetails,
  type InteractionRequest,
  redirectOf,
  seeOther,
} from './interaction-request.ts';

export interface HeldInteractionOptions {
  provider: Provider;
  deployment: string;
  formKey: string;
  approval: ClientApproval;
}

/** The interaction that an application ends up in which the owners have not approved. */
export class HeldInteraction {
  readonly #options: HeldInteractionOptions;

  constructor(options: HeldInteractionOptions) {
    this.#options = options;
  }

  /** Goes on as soon as the owners have approved; until then it says that they decide. */
  async show(
    call: InteractionRequest,
    details: InteractionDetails,
    person: Person,
    client: Client,
  ): Promise<HttpResponse> {
    const { provider, approval, deployment, formKey } = this.#options;
    const standing = await approval.standing(client);
    if (standing === 'admitted') return seeOther(await provider.interactionResult(call.req, call.res, {}));
    return heldPage({
      deployment,
      interaction: call.uid,
      csrf: formToken(formKey, call.uid),
      standing,
      client: { id: client.clientId, name: client.clientName, hosts: clientHosts(client) },
      redirectUri: redirectOf(details),
      person,
    });
  }

  /** Back to the application, which is told what the owners decided. */
  async leave(call: InteractionRequest, client: Client): Promise<HttpResponse> {
    const { provider, approval } = this.#options;
    const standing = await approval.standing(client);
    const result =
      standing === 'admitted' ? {} : { error: 'access_denied', error_description: HELD_REASON[standing] };
    return seeOther(await provider.interactionResult(call.req, call.res, result));
  }
}
