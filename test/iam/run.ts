import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RecordedCall, recordedCall } from '../../local/iam/record-calls.ts';
import { synthesize } from './assemblies.ts';
import { readRoles } from './grants.ts';
import { judge } from './judge.ts';
import { REASONS } from './reasons.ts';

const root = join(import.meta.dirname, '../..');
/** What everything that starts the embedded cloud starts it with. */
const FIXTURE = 'test/fixtures/cloud.ts';
/** The usual tests and the slow ones. */
const CONFIGURATIONS = ['jest.config.js', 'test/slow/jest.config.js'];

async function runJourneys(configuration: string, folder: string): Promise<boolean> {
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const options = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules'];
  const selected = ['--config', configuration, '--findRelatedTests', FIXTURE];
  const child = spawn(process.execPath, [...options, jest, ...selected], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, SALLYPORT_TEST_RECORD_CALLS: folder },
  });
  const [code] = await once(child, 'close');
  return code === 0;
}

const callsIn = (folder: string): RecordedCall[] =>
  globSync('*.jsonl', { cwd: folder })
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .map((line) => recordedCall.parse(JSON.parse(line)));

/** Runs the journeys and judges what they recorded, or what a folder has of an earlier run. */
async function run(recorded: string | undefined): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-iam-'));
  const calls = recorded ?? join(folder, 'calls');
  try {
    mkdirSync(calls, { recursive: true });
    let passed = true;
    if (recorded === undefined)
      for (const each of CONFIGURATIONS) passed = (await runJourneys(each, calls)) && passed;
    const [embedded, production] = [join(folder, 'embedded'), join(folder, 'production')];
    await synthesize('embedded', embedded, { origin: 'http://127.0.0.1:8787' });
    await synthesize('production', production);
    const { grants, used, faults } = judge(
      { running: readRoles(embedded), others: [readRoles(production)], calls: callsIn(calls) },
      REASONS,
    );
    for (const fault of faults) console.log(fault);
    console.log(`${grants} grants: ${used} used, ${grants - used} not; ${faults.length} faults`);
    return passed && faults.length === 0;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

process.exitCode = (await run(process.argv[2])) ? 0 : 1;
