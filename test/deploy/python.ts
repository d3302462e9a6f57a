import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endOf, outputOf } from './run-command.ts';

const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** The emulator cannot be had on this machine. */
export class Unavailable extends Error {}

async function requirePython(): Promise<void> {
  const check = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))';
  const found = await endOf('python3', ['-c', check], { limit: 30 }).catch(() => undefined);
  if (found?.code === 0) return;
  throw new Unavailable(
    'test:deploy needs Python 3.10 or later with venv; on Debian: apt-get install python3 python3-venv',
  );
}

/**
 * A virtual environment with the emulator, made anew whenever its requirements change.
 * @returns the path of a command in it.
 * @throws Unavailable when there is no Python, or its packages cannot be fetched.
 */
export async function prepareEmulator(folder: string): Promise<string> {
  const environment = join(folder, 'python');
  const stamp = join(environment, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(REQUIREMENTS)).digest('hex');
  const command = join(environment, 'bin/ministack');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return command;
  await requirePython();
  rmSync(environment, { recursive: true, force: true });
  try {
    await outputOf('python3', ['-m', 'venv', environment], { limit: 120 });
    const install = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
    ];
    const pinned = ['--require-hashes', '--requirement', REQUIREMENTS];
    await outputOf(join(environment, 'bin/python'), [...install, ...pinned], { limit: 300 });
  } catch (error) {
    throw new Unavailable(
      `The emulator could not be installed. ${error instanceof Error ? error.message : ''}`,
    );
  }
  writeFileSync(stamp, wanted);
  return command;
}
