import { KMSClient } from '@aws-sdk/client-kms';
import type { Context, SQSEvent } from 'aws-lambda';
import * as z from 'zod';
import { createAuditWriter } from '../audit/writer.ts';
import { consumeJobs, unexpectedJob } from '../dispatch/consume-jobs.ts';
import { readEnvironment } from '../shared/environment.ts';
import { Table } from '../shared/table.ts';
import { expireHeldClients } from './clients/expire-held-clients.ts';
import { KeyRingStore } from './keys/key-ring-store.ts';
import { rotateSigningKey } from './keys/rotate-signing-key.ts';
import { nowSeconds } from './lifetimes.ts';

const environment = readEnvironment(
  z.object({
    IDENTITY_TABLE: z.string(),
    VAULT_TABLE: z.string(),
    VAULT_KEY_ARN: z.string(),
    SIGNING_KEY_ROTATION_DAYS: z.coerce.number().int().positive(),
    AUDIT_TABLE: z.string(),
    PAYLOADS_TABLE: z.string(),
    AUDIT_RETENTION_DAYS: z.coerce.number().int().positive(),
  }),
);

const identity = new Table(environment.IDENTITY_TABLE);
const store = new KeyRingStore({
  vault: new Table(environment.VAULT_TABLE),
  identity,
  kms: new KMSClient({}),
  vaultKeyArn: environment.VAULT_KEY_ARN,
});
const audit = createAuditWriter({
  audit: environment.AUDIT_TABLE,
  payloads: environment.PAYLOADS_TABLE,
  retentionDays: environment.AUDIT_RETENTION_DAYS,
});

const rotate = (immediately: boolean) =>
  rotateSigningKey({
    store,
    audit,
    everyDays: environment.SIGNING_KEY_ROTATION_DAYS,
    now: nowSeconds(),
    immediately,
  });

/** What an operator invokes the function with, when a key may be in the wrong hands. */
const order = z.strictObject({ job: z.literal('rotate-signing-key'), now: z.literal(true) });

const jobs = consumeJobs(async (message) => {
  switch (message.job) {
    case 'rotate-signing-key':
      return rotate(false);
    case 'expire-held-clients':
      return void (await expireHeldClients({ identity, audit }));
    default:
      return unexpectedJob(message);
  }
});

/** Takes jobs from the queue, and the order to withdraw all signing keys from whoever may invoke it. */
export const handler = async (event: SQSEvent | z.input<typeof order>, context: Context) => {
  if ('Records' in event) return jobs(event, context);
  order.parse(event);
  return rotate(true);
};
