import type { Client } from 'oidc-provider';
import type { Resources } from '../../shared/origin.ts';
import { isFirstParty } from '../authorization-request.ts';
import type { ClientApproval } from '../clients/client-approval.ts';
import { clientHosts } from '../clients/client-host.ts';
import { isUrl } from '../clients/client-id-url.ts';
import { requestedAccess } from '../sessions/grants.ts';
import type { Person } from '../sessions/person.ts';
import type { ConsentQuestion } from './consent-page.ts';
import { formToken } from './form-token.ts';
import { type InteractionDetails, redirectOf } from './interaction-request.ts';

export interface ConsentQuestionsOptions {
  deployment: string;
  resources: Resources;
  formKey: string;
  approval: ClientApproval;
  allowedRedirectUris: readonly string[];
  /** Days that records are kept. */
  retentionDays: number;
}

/** Gathers what a person has to know before they let an application act for them. */
export class ConsentQuestions {
  readonly #options: ConsentQuestionsOptions;

  constructor(options: ConsentQuestionsOptions) {
    this.#options = options;
  }

  async about(details: InteractionDetails, person: Person, client: Client): Promise<ConsentQuestion> {
    const { deployment, resources, formKey, approval, retentionDays } = this.#options;
    const access = requestedAccess(details.params, resources);
    const redirectUri = redirectOf(details);
    const portal = await approval.portal();
    return {
      deployment,
      interaction: details.uid,
      csrf: formToken(formKey, details.uid),
      client: {
        id: client.clientId,
        name: client.clientName,
        firstParty: isFirstParty(client.clientId),
        hosts: clientHosts(client),
        known: this.#isListed(client, redirectUri) || (await approval.isKnown(client)),
      },
      redirectUri,
      person,
      scopes: [...access.resources.values(), ...access.identityScopes],
      staysConnected: client.grantTypeAllowed('refresh_token'),
      records: { payloads: portal?.payloads ?? 'metadata', days: retentionDays },
    };
  }

  /** True when the configuration lists where the answer goes, and the application is of that host or of none. */
  #isListed({ clientId }: Client, redirectUri: string | undefined): boolean {
    if (redirectUri === undefined || !this.#options.allowedRedirectUris.includes(redirectUri)) return false;
    return !isUrl(clientId) || new URL(clientId).host === new URL(redirectUri).host;
  }
}
