import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { ServiceTokens } from '../access/clients/service-tokens.ts';
import { createGuardedFetch } from '../access/guarded-fetch.ts';
import { assertionKeys } from '../access/keys/assertion-keys.ts';
import { createHolderReader } from '../access/sessions/holder-reader.ts';
import { createSessionReader } from '../access/sessions/session-reader.ts';
import { createHolderVerifier } from '../access/tokens/verify-token.ts';
import { createAuditWriter } from '../audit/writer.ts';
import { SnapshotReader } from '../policy/snapshot-store.ts';
import { readEnvironment, stringList } from '../shared/environment.ts';
import { streaming } from '../shared/handler.ts';
import { portalsOf, resourcesOf } from '../shared/origin.ts';
import { createOutgoing } from '../shared/outgoing.ts';
import { Table } from '../shared/table.ts';
import { createEvidence } from './evidence/evidence.ts';
import { ExternalEvaluations } from './evidence/external.ts';
import { storedEvidence } from './evidence/stored-evidence.ts';
import { remedyAddressAt } from './held.ts';
import { createRelay } from './relay.ts';
import { createTainting } from './taint-sessions.ts';
import { createUpstreams } from './upstream/upstreams.ts';

const environment = readEnvironment(
  z.object({
    SALLYPORT_ORIGIN: z.string(),
    CERTIFICATE_HOST: z.string().optional(),
    PORTAL_ID: z.string(),
    IDENTITY_TABLE: z.string(),
    POLICIES_TABLE: z.string(),
    SNAPSHOT_BUCKET: z.string(),
    AUDIT_TABLE: z.string(),
    PAYLOADS_TABLE: z.string(),
    VAULT_TABLE: z.string(),
    ALLOWED_ORIGINS: stringList,
    OUTGOING_NETWORKS: stringList,
    AUDIT_RETENTION_DAYS: z.coerce.number().int().positive(),
  }),
);

const identity = new Table(environment.IDENTITY_TABLE);
const policies = new Table(environment.POLICIES_TABLE);

const vault = new Table(environment.VAULT_TABLE);
const outgoing = createOutgoing(environment.OUTGOING_NETWORKS);
const snapshots = new SnapshotReader({ policies, bucket: environment.SNAPSHOT_BUCKET });
const evaluations = new ExternalEvaluations({
  origin: environment.SALLYPORT_ORIGIN,
  portalId: environment.PORTAL_ID,
  signingKey: assertionKeys(vault, identity),
  fetch: createGuardedFetch(outgoing, { mostBytes: 64_000, timeoutMs: 5_000 }),
  evaluations: async () => (await snapshots.current(environment.PORTAL_ID))?.snapshot.evaluations ?? {},
});

/** Requests pass for this long after their token's expiry, as the authorizer's cached answer lets them. */
const CACHED_ANSWER_SECONDS = 60;

const relay = createRelay({
  origin: environment.SALLYPORT_ORIGIN,
  portalId: environment.PORTAL_ID,
  allowedOrigins: environment.ALLOWED_ORIGINS,
  tokens: createHolderVerifier({
    origin: environment.SALLYPORT_ORIGIN,
    audience: portalsOf(resourcesOf(environment.SALLYPORT_ORIGIN, environment.CERTIFICATE_HOST)),
    identity,
    toleranceSeconds: CACHED_ANSWER_SECONDS,
  }),
  sessions: createHolderReader(createSessionReader(identity), new ServiceTokens(policies, identity)),
  snapshots,
  evidence: createEvidence({
    ...storedEvidence(identity),
    external: (subject, ids) => evaluations.look(subject, ids),
  }),
  taint: createTainting(identity),
  remedyAddress: remedyAddressAt(environment.SALLYPORT_ORIGIN, identity),
  audit: createAuditWriter({
    audit: environment.AUDIT_TABLE,
    payloads: environment.PAYLOADS_TABLE,
    retentionDays: environment.AUDIT_RETENTION_DAYS,
  }),
  upstreams: createUpstreams(outgoing, vault),
});

export const handler = streaming((request, context: Context) =>
  relay.handle(request, context.getRemainingTimeInMillis()),
);
