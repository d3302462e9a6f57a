import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { runCommand } from '../cli/run.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
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
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

describe('the doctor at a running deployment', () => {
  describeDoctor(() => ({ cloud, sallyport }));
});
