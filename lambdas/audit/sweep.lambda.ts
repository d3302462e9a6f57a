import * as z from 'zod';
import { consumeJobs, unexpectedJob } from '../dispatch/consume-jobs.ts';
import { readEnvironment } from '../shared/environment.ts';
import { Table } from '../shared/table.ts';
import { sweepIntents } from './sweep.ts';
import { SweepCheckpoint } from './sweep-checkpoint.ts';
import { createAuditWriter } from './writer.ts';

const environment = readEnvironment(
  z.object({
    AUDIT_TABLE: z.string(),
    PAYLOADS_TABLE: z.string(),
    POLICIES_TABLE: z.string(),
    AUDIT_RETENTION_DAYS: z.coerce.number().int().positive(),
  }),
);

/** What a step may take, with room for slow answers of the tables. */
const STEP_MS = 20_000;

const policies = new Table(environment.POLICIES_TABLE);
const sweep = {
  audit: new Table(environment.AUDIT_TABLE),
  writer: createAuditWriter({
    audit: environment.AUDIT_TABLE,
    payloads: environment.PAYLOADS_TABLE,
    retentionDays: environment.AUDIT_RETENTION_DAYS,
  }),
  retentionDays: environment.AUDIT_RETENTION_DAYS,
  now: Date.now,
};

export const handler = consumeJobs(async (message, context) => {
  if (message.job !== 'sweep-intents') return unexpectedJob(message);
  const hasTime = () => context.getRemainingTimeInMillis() > STEP_MS;
  await sweepIntents({ ...sweep, hasTime, checkpoint: new SweepCheckpoint(policies) });
});
