import type { KMSClient } from '@aws-sdk/client-kms';
import type { AuditWriter } from '../audit/record.ts';
import type { Resources } from '../shared/origin.ts';
import type { Table } from '../shared/table.ts';
import type { Admission, AdmissionOptions } from './admission.ts';
import type { AuditTrail } from './audit-trail.ts';
import type { ClientApproval } from './clients/client-approval.ts';
import type { ServiceClients } from './clients/service-clients.ts';
import type { ServiceTokens } from './clients/service-tokens.ts';
import type { AssertionIssuer } from './flows/identity-assertion.ts';
import type { ProviderSecrets } from './keys/key-ring.ts';
import type { Grants } from './sessions/grants.ts';
import type { BrowserSessions } from './sign-in/browser-sessions.ts';
import type { TrustedProvider } from './sign-in/trusted-provider.ts';

export interface OAuthOptions {
  origin: string;
  /** The hostname that is reached with client certificates, where there is one. */
  certificateHost?: string | undefined;
  /** The deployment's name, as people see it. */
  deployment: string;
  identity: Table;
  /** Configuration documents, of which only service tokens are read. */
  policies: Table;
  vault: Table;
  kms: KMSClient;
  vaultKeyArn: string;
  idp: { issuer: string; clientId: string; name: string };
  /** The identity providers behind it; without any, people sign in at the user pool itself. */
  identityProviders?: readonly TrustedProvider[];
  allowedRedirectUris: readonly string[];
  admission: AdmissionOptions;
  audit: AuditWriter;
  /** Days that records are kept, as people are told. */
  auditRetentionDays: number;
  /** Whose identity assertions are accepted; nobody's unless they are given. */
  assertionIssuers?: readonly AssertionIssuer[];
  /** Devices may sign in by a code; not unless true. */
  deviceCode?: boolean;
  /** Networks (CIDR) besides the public internet that may be asked for what clients name. */
  outgoingNetworks: readonly string[];
  /** The wall clock in milliseconds. */
  clock?: () => number;
}

/** What the parts of one application share. */
export interface OAuthParts {
  options: OAuthOptions;
  resources: Resources;
  secrets: ProviderSecrets;
  audit: AuditTrail;
  browserSessions: BrowserSessions;
  grants: Grants;
  approval: ClientApproval;
  admission: Admission;
  serviceTokens: ServiceTokens;
  services: ServiceClients;
}
