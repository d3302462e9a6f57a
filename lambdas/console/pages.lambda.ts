import * as z from 'zod';
import { createSessionReader } from '../access/sessions/session-reader.ts';
import { createTokenVerifier } from '../access/tokens/verify-token.ts';
import { createAuditWriter } from '../audit/writer.ts';
import { SnapshotReader } from '../policy/snapshot-store.ts';
import { readEnvironment, stringList } from '../shared/environment.ts';
import { buffered } from '../shared/handler.ts';
import { resourcesOf } from '../shared/origin.ts';
import { Table } from '../shared/table.ts';
import { BrowserStore } from './browser-store.ts';
import { OwnIssuer } from './own-issuer.ts';
import { answerPage } from './pages.ts';

const environment = readEnvironment(
  z.object({
    SALLYPORT_ORIGIN: z.string(),
    DEPLOYMENT_NAME: z.string(),
    PORTAL_ID: z.string(),
    ALLOWED_ORIGINS: stringList,
    IDENTITY_TABLE: z.string(),
    POLICIES_TABLE: z.string(),
    SNAPSHOT_BUCKET: z.string(),
    AUDIT_TABLE: z.string(),
    PAYLOADS_TABLE: z.string(),
    AUDIT_RETENTION_DAYS: z.coerce.number().int().positive(),
  }),
);

const origin = environment.SALLYPORT_ORIGIN;
const identity = new Table(environment.IDENTITY_TABLE);
const options = {
  origin,
  deployment: environment.DEPLOYMENT_NAME,
  portalId: environment.PORTAL_ID,
  allowedOrigins: new Set([origin, ...environment.ALLOWED_ORIGINS]),
  issuer: new OwnIssuer(origin),
  browsers: new BrowserStore(identity),
  identity,
  audit: createAuditWriter({
    audit: environment.AUDIT_TABLE,
    payloads: environment.PAYLOADS_TABLE,
    retentionDays: environment.AUDIT_RETENTION_DAYS,
  }),
  tokens: createTokenVerifier({ origin, audience: resourcesOf(origin).portal, identity }),
  sessions: createSessionReader(identity, { keepMs: 0 }),
  snapshots: new SnapshotReader({
    policies: new Table(environment.POLICIES_TABLE),
    bucket: environment.SNAPSHOT_BUCKET,
  }),
};

export const handler = buffered((request) => answerPage(options, request));
