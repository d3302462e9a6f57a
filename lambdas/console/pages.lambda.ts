import * as z from 'zod';
import { createSessionReader } from '../access/session-reader.ts';
import { createTokenVerifier } from '../access/verify-token.ts';
import { SnapshotReader } from '../policy/snapshot-store.ts';
import { readEnvironment } from '../shared/environment.ts';
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
    IDENTITY_TABLE: z.string(),
    POLICIES_TABLE: z.string(),
    SNAPSHOT_BUCKET: z.string(),
  }),
);

const origin = environment.SALLYPORT_ORIGIN;
const identity = new Table(environment.IDENTITY_TABLE);
const options = {
  origin,
  deployment: environment.DEPLOYMENT_NAME,
  portalId: environment.PORTAL_ID,
  issuer: new OwnIssuer(origin),
  browsers: new BrowserStore(identity),
  tokens: createTokenVerifier({ origin, audience: resourcesOf(origin).portal, identity }),
  sessions: createSessionReader(identity),
  snapshots: new SnapshotReader({
    policies: new Table(environment.POLICIES_TABLE),
    bucket: environment.SNAPSHOT_BUCKET,
  }),
};

export const handler = buffered((request) => answerPage(options, request));
