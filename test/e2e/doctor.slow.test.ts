import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { EXPECTED_DATA_VERSION, readDataState } from '../../lambdas/migrations/data-version.ts';
import { runCommand } from '../cli/run.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { tableOf } from './administrator.ts';
import { describeDoctor } from './doctor.ts';

let cloud: TestCloud;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-doctor-'));

async function sallyport(args: string, input = ''): Promise<string> {
  const environment = { SALLYPORT_URL: cloud.origin, SALLYPORT_CONFIG_DIR: folder };
  const { code, out, err } = await runCommand(args.split(' '), environment, input);
  if (code !== 0) throw new Error(err);
  return out;
}

beforeAll(async () => {
  cloud = await startCloud();
  await sallyport('login --person dana');
  // Nothing has ticked yet in a deployment that has just begun, and the doctor says so.
  const policies = tableOf(cloud, 'Policies');
  while ((await readDataState(policies))?.version !== EXPECTED_DATA_VERSION) await sleep(100);
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

describe('the doctor at a running deployment', () => {
  describeDoctor(() => ({ cloud, sallyport }));
});
