import * as z from 'zod';
import { ServiceTokens } from '../access/clients/service-tokens.ts';
import { createSessionReader } from '../access/sessions/session-reader.ts';
import { createHolderVerifier } from '../access/tokens/verify-token.ts';
import { createAuditWriter } from '../audit/writer.ts';
import { WorkStore } from '../dispatch/work-store.ts';
import { fetchCatalog } from '../portal/catalog-sync.ts';
import { createEvidence } from '../portal/evidence/evidence.ts';
import { storedEvidence } from '../portal/evidence/stored-evidence.ts';
import { readEnvironment, stringList } from '../shared/environment.ts';
import { buffered } from '../shared/handler.ts';
import { resourcesOf } from '../shared/origin.ts';
import { Table } from '../shared/table.ts';
import { announceOn } from './announce.ts';
import { CatalogStore } from './catalog-store.ts';
import { dispatch } from './dispatch.ts';
import { DocumentStore } from './document-store.ts';
import { alarmsOf } from './health/alarms.ts';
import { firewallOf } from './health/firewall.ts';
import type { AdminApi } from './route.ts';

const environment = readEnvironment(
  z.object({
    SALLYPORT_ORIGIN: z.string(),
    ORIGIN_SECRET_ARN: z.string().optional(),
    CERTIFICATE_HOST: z.string().optional(),
    PORTAL_IDS: stringList,
    OWNERS: stringList,
    OUTGOING_NETWORKS: stringList,
    IDENTITY_TABLE: z.string(),
    POLICIES_TABLE: z.string(),
    CATALOG_TABLE: z.string(),
    AUDIT_TABLE: z.string(),
    PAYLOADS_TABLE: z.string(),
    SNAPSHOT_BUCKET: z.string(),
    EVENT_BUS: z.string(),
    AUDIT_RETENTION_DAYS: z.coerce.number().int().positive(),
    SIGNING_KEY_ROTATION_DAYS: z.coerce.number().int().positive(),
    STACK_NAME: z.string(),
    STAGE_ARN: z.string(),
    API_HOST: z.string(),
  }),
);

const policies = new Table(environment.POLICIES_TABLE);
const identity = new Table(environment.IDENTITY_TABLE);

const api: AdminApi = {
  portalIds: environment.PORTAL_IDS,
  knownFacts: {
    // Whatever stands behind a distribution has its secret.
    country: environment.ORIGIN_SECRET_ARN !== undefined,
    clientCertificates: environment.CERTIFICATE_HOST !== undefined,
  },
  owners: environment.OWNERS,
  networks: environment.OUTGOING_NETWORKS,
  tokens: createHolderVerifier({
    origin: environment.SALLYPORT_ORIGIN,
    audience: resourcesOf(environment.SALLYPORT_ORIGIN).admin,
    identity,
  }),
  services: new ServiceTokens(policies, identity),
  sessions: createSessionReader(identity, { keepMs: 0 }),
  evidence: createEvidence(storedEvidence(identity)),
  documents: new DocumentStore(policies),
  catalogs: new CatalogStore(new Table(environment.CATALOG_TABLE)),
  snapshots: { policies, bucket: environment.SNAPSHOT_BUCKET },
  fetchCatalog,
  announce: announceOn(environment.EVENT_BUS),
  audit: createAuditWriter({
    audit: environment.AUDIT_TABLE,
    payloads: environment.PAYLOADS_TABLE,
    retentionDays: environment.AUDIT_RETENTION_DAYS,
  }),
  auditTable: new Table(environment.AUDIT_TABLE),
  identity,
  health: {
    policies,
    work: new WorkStore(policies),
    alarms: alarmsOf(environment.STACK_NAME),
    firewall: firewallOf(environment.STAGE_ARN),
    apiHost: environment.API_HOST,
    signingKeyRotationDays: environment.SIGNING_KEY_ROTATION_DAYS,
  },
};

export const handler = buffered((request) => dispatch(api, request));
