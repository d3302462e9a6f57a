import type { Provider } from 'oidc-provider';
import type { Resources } from '../../shared/origin.ts';
import { createOutgoing } from '../../shared/outgoing.ts';
import type { Table } from '../../shared/table.ts';
import type { Admission } from '../admission.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { ClientApproval } from '../clients/client-approval.ts';
import type { ServiceClients } from '../clients/service-clients.ts';
import { createGuardedFetch } from '../guarded-fetch.ts';
import type { Grants } from '../sessions/grants.ts';
import { ClientCredentialsGrant } from './client-credentials.ts';
import type { AssertionIssuer } from './identity-assertion.ts';
import { IdentityAssertionGrant } from './identity-assertion-grant.ts';
import { IdentityAssertionVerifier } from './identity-assertion-verifier.ts';

export interface TokenGrantsOptions {
  origin: string;
  resources: Resources;
  identity: Table;
  outgoingNetworks: readonly string[];
  assertionIssuers: readonly AssertionIssuer[];
  services: ServiceClients;
  grants: Grants;
  admission: Admission;
  approval: ClientApproval;
  audit: AuditTrail;
}

/** Keys of an identity provider: a few kilobytes. */
const KEYS_LIMITS = { mostBytes: 64 * 1024, timeoutMs: 2_500 };

/** The grants without a browser that a deployment serves, beside those of the library. */
export class TokenGrants {
  readonly clientCredentials: ClientCredentialsGrant;
  /** Undefined for a deployment that accepts nobody's assertions. */
  readonly identityAssertion: IdentityAssertionGrant | undefined;

  constructor(options: TokenGrantsOptions) {
    this.clientCredentials = new ClientCredentialsGrant(options);
    const { origin, assertionIssuers, outgoingNetworks } = options;
    if (assertionIssuers.length === 0) return;
    const fetch = createGuardedFetch(createOutgoing(outgoingNetworks), KEYS_LIMITS);
    const verifier = new IdentityAssertionVerifier(origin, assertionIssuers, fetch);
    this.identityAssertion = new IdentityAssertionGrant({ ...options, verifier });
  }

  serve(provider: Provider): void {
    this.clientCredentials.serve(provider);
    this.identityAssertion?.serve(provider);
  }
}
