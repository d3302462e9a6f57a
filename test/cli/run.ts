import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { jest } from '@jest/globals';
import { runProgram } from '../../cli/run-program.ts';

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

/**
 * Runs the command within this process: what it prints and its exit code are the same, without the second that a
 * process of its own takes. One at a time.
 */
export async function runWithin(
  args: readonly string[],
  environment: Record<string, string>,
  input = '',
): Promise<Run> {
  const said = { out: '', err: '' };
  const keep = (stream: keyof typeof said) => (part: string | Uint8Array) => {
    said[stream] += String(part);
    return true;
  };
  const stdin = Object.getOwnPropertyDescriptor(process, 'stdin');
  // The deployment may run in this process too, and reads its own part.
  const env = jest.replaceProperty(process, 'env', { ...process.env, ...environment });
  const out = jest.spyOn(process.stdout, 'write').mockImplementation(keep('out'));
  const err = jest.spyOn(process.stderr, 'write').mockImplementation(keep('err'));
  Object.defineProperty(process, 'stdin', { configurable: true, get: () => Readable.from([input]) });
  try {
    const code = await runProgram(args);
    return { code, ...said };
  } finally {
    env.restore();
    out.mockRestore();
    err.mockRestore();
    if (stdin) Object.defineProperty(process, 'stdin', stdin);
  }
}
