import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { EXPECTED_DATA_VERSION, readDataState } from '../../lambdas/migrations/data-version.ts';
import { tableOf } from './administrator.ts';
import { sendJob } from './send-job.ts';
import type { Administered } from './service-tokens.ts';

/** What a deployment does with the data of an earlier version; it has documents already. */
export function describeMigration(administered: () => Administered): void {
  it('is migrated by its function with its role, and the portal stays in force', async () => {
    const { cloud } = administered();
    const policies = tableOf(cloud, 'Policies');
    const pointer = { pk: 'Snapshot#default', sk: 'current' };
    const before = await policies.get(pointer);
    await policies.delete({ pk: 'DataVersion', sk: 'current' });
    await sendJob(cloud, 'DataJobsQueue', { job: 'migrate-data' });
    while ((await readDataState(policies))?.version !== EXPECTED_DATA_VERSION) await sleep(50);
    const after = await policies.get(pointer);
    expect(after?.version).toBe(before?.version);
    expect(Number(after?.number)).toBeGreaterThan(Number(before?.number));
  });
}
