import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuditWriter } from '../../lambdas/audit/writer.ts';
import { RECURRING } from '../../lambdas/dispatch/recurring.ts';
import type { Item, Table } from '../../lambdas/shared/table.ts';
import { exchangeOf, readAll, today } from '../audit/records.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { tableOf } from './administrator.ts';
import { sendJob } from './send-job.ts';

let cloud: TestCloud;
let policies: Table;
beforeAll(async () => {
  cloud = await startCloud({ demo: false });
  policies = tableOf(cloud, 'Policies');
});
afterAll(() => cloud.stop());

/** Looks again and again until there is something. */
async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(50);
  }
}

const itemOf = async (table: Table, pk: string, sk = 'current') => table.get({ pk, sk });
const queueFolders = () => readdirSync(join(cloud.dataFolder, 'services/sqs'));
const messages = () =>
  queueFolders().flatMap((queue) => readdirSync(join(cloud.dataFolder, 'services/sqs', queue)));

describe('the dispatcher of a running deployment', () => {
  it('creates the recurring work, hands it out, and sets its next time', async () => {
    for (const { job, everySeconds } of RECURRING) {
      // Due times are whole minutes; the end of a lease is not.
      const handedOut = (item: Item | undefined) =>
        String(item?.dueAt).endsWith(':00.000Z') && Date.parse(String(item?.dueAt)) > Date.now();
      const item = await until(async () => {
        const found = await itemOf(policies, `Work#${job}`);
        return handedOut(found) ? found : undefined;
      });
      expect(item).toMatchObject({ due: 'work', everySeconds });
    }
  });

  it('has every job done by its function, through the queue', async () => {
    await until(() => itemOf(tableOf(cloud, 'Vault'), 'signing-key'));
    await until(() => itemOf(tableOf(cloud, 'Identity'), 'Jwks#current'));
    await until(() => itemOf(policies, 'Work#sweep-intents', 'checkpoint'));
    await until(() => itemOf(policies, 'DataVersion'));
    await until(async () => (messages().length === 0 ? [] : undefined));
  });

  it('has an intent swept up that was left without an outcome', async () => {
    const audit = tableOf(cloud, 'Audit');
    const hourAgo = Date.now() - 3_600_000;
    const writer = createAuditWriter({
      audit: audit.name,
      payloads: tableOf(cloud, 'Payloads').name,
      retentionDays: 30,
      now: () => hourAgo,
    });
    await writer.intent(exchangeOf('left-behind'));
    await policies.delete({ pk: 'Work#sweep-intents', sk: 'checkpoint' });
    await sendJob(cloud, 'AuditJobsQueue', { job: 'sweep-intents' });
    const outcome = await until(async () =>
      (await readAll(audit, today())).find(({ status }) => status === 'unknown'),
    );
    expect(outcome).toMatchObject({ type: 'outcome', exchange: 'left-behind', person: 'p_alice' });
  });
});
