import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const COMMAND = join(import.meta.dirname, '../../cli/sallyport.ts');

export interface Run {
  code: number | null;
  out: string;
  err: string;
}

/** Starts the command as a process of its own. */
export function startCommand(args: readonly string[], environment: Record<string, string>) {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, NODE_COMPILE_CACHE: join(tmpdir(), 'sallyport-compiled'), ...environment };
  return spawn(process.execPath, [COMMAND, ...args], { env });
}

/** Runs the command to its end. */
export async function runCommand(
  args: readonly string[],
  environment: Record<string, string>,
  input = '',
): Promise<Run> {
  const child = startCommand(args, environment);
  child.stdin.end(input);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}
