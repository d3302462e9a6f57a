import { KMSClient } from '@aws-sdk/client-kms';
import * as z from 'zod';
import { createAuditWriter } from '../audit/writer.ts';
import { SnapshotReader } from '../policy/snapshot-store.ts';
import { jsonOf, readEnvironment, stringList } from '../shared/environment.ts';
import { buffered } from '../shared/handler.ts';
import { Table } from '../shared/table.ts';
import { assertionIssuer } from './flows/identity-assertion.ts';
import { createOAuthService } from './oauth-service.ts';
import { trustedProvider } from './sign-in/trusted-provider.ts';

const environment = readEnvironment(
  z.object({
    SALLYPORT_ORIGIN: z.url(),
    CERTIFICATE_HOST: z.string().optional(),
    DEPLOYMENT_NAME: z.string(),
    PORTAL_ID: z.string(),
    IDENTITY_TABLE: z.string(),
    VAULT_TABLE: z.string(),
    VAULT_KEY_ARN: z.string(),
    POLICIES_TABLE: z.string(),
    SNAPSHOT_BUCKET: z.string(),
    AUDIT_TABLE: z.string(),
    PAYLOADS_TABLE: z.string(),
    AUDIT_RETENTION_DAYS: z.coerce.number().int().positive(),
    IDP_ISSUER: z.url(),
    IDP_CLIENT_ID: z.string(),
    IDP_NAME: z.string(),
    IDENTITY_PROVIDERS: jsonOf(z.array(trustedProvider)),
    ALLOWED_REDIRECT_URIS: stringList,
    IDENTITY_ASSERTION_ISSUERS: jsonOf(z.array(assertionIssuer)),
    DEVICE_CODE: z.stringbool(),
    OUTGOING_NETWORKS: stringList,
  }),
);

const policies = new Table(environment.POLICIES_TABLE);

const service = createOAuthService({
  origin: environment.SALLYPORT_ORIGIN,
  certificateHost: environment.CERTIFICATE_HOST,
  deployment: environment.DEPLOYMENT_NAME,
  identity: new Table(environment.IDENTITY_TABLE),
  policies,
  vault: new Table(environment.VAULT_TABLE),
  kms: new KMSClient({}),
  vaultKeyArn: environment.VAULT_KEY_ARN,
  idp: { issuer: environment.IDP_ISSUER, clientId: environment.IDP_CLIENT_ID, name: environment.IDP_NAME },
  identityProviders: environment.IDENTITY_PROVIDERS,
  allowedRedirectUris: environment.ALLOWED_REDIRECT_URIS,
  assertionIssuers: environment.IDENTITY_ASSERTION_ISSUERS,
  deviceCode: environment.DEVICE_CODE,
  outgoingNetworks: environment.OUTGOING_NETWORKS,
  admission: {
    portalId: environment.PORTAL_ID,
    snapshots: new SnapshotReader({
      policies,
      bucket: environment.SNAPSHOT_BUCKET,
    }),
  },
  audit: createAuditWriter({
    audit: environment.AUDIT_TABLE,
    payloads: environment.PAYLOADS_TABLE,
    retentionDays: environment.AUDIT_RETENTION_DAYS,
  }),
  auditRetentionDays: environment.AUDIT_RETENTION_DAYS,
});

export const handler = buffered(service);
