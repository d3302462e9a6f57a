import * as z from 'zod';
import { consumeJobs, unexpectedJob } from '../dispatch/consume-jobs.ts';
import { readEnvironment } from '../shared/environment.ts';
import { Table } from '../shared/table.ts';
import { migrateData } from './migrate-data.ts';
import { MIGRATIONS } from './migrations.ts';

const environment = readEnvironment(
  z.object({ POLICIES_TABLE: z.string(), CATALOG_TABLE: z.string(), SNAPSHOT_BUCKET: z.string() }),
);

/** What a step may take, with room for slow answers of the tables. */
const STEP_MS = 20_000;

const stores = {
  policies: new Table(environment.POLICIES_TABLE),
  catalog: new Table(environment.CATALOG_TABLE),
  bucket: environment.SNAPSHOT_BUCKET,
};

export const handler = consumeJobs(async (message, context) => {
  if (message.job !== 'migrate-data') return unexpectedJob(message);
  const hasTime = () => context.getRemainingTimeInMillis() > STEP_MS;
  await migrateData({ stores, migrations: MIGRATIONS, now: Date.now, hasTime });
});
