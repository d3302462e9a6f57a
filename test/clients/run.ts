import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const stamp = join(here, 'node_modules/.installed.sha256');
const lockfile = createHash('sha256')
  .update(readFileSync(join(here, 'package-lock.json')))
  .digest('hex');

async function run(command: string, parameters: readonly string[], shell = false): Promise<boolean> {
  const [code] = await once(spawn(command, parameters, { cwd: here, stdio: 'inherit', shell }), 'close');
  return code === 0;
}

/** Installs the clients when that was not done yet, or for another lockfile. */
async function install(): Promise<boolean> {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return true;
  if (!(await run('npm', ['ci'], process.platform === 'win32'))) return false;
  writeFileSync(stamp, lockfile);
  return true;
}

const types = [join(here, '../../node_modules/typescript/bin/tsc'), '--noEmit', '--project', here];
const good =
  (await install()) &&
  (await run(process.execPath, types)) &&
  (await run(process.execPath, ['--test', '--test-timeout=120000', 'clients.test.ts']));
process.exitCode = good ? 0 : 1;
