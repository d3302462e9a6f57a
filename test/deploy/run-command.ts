import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface CommandOptions {
  /** Seconds after which it is ended. */
  limit: number;
  environment?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
}

export interface Ended {
  code: number | null;
  /** All that it printed. */
  text: string;
}

/** Runs a command to its end. @throws Error when it cannot be started or does not end in time. */
export async function endOf(
  command: string,
  parameters: readonly string[],
  { limit, environment = process.env, cwd = process.cwd() }: CommandOptions,
): Promise<Ended> {
  const signal = AbortSignal.timeout(limit * 1_000);
  const child = spawn(command, parameters, {
    env: environment,
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk));
  try {
    await once(child, 'close');
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new Error(`${command} ${parameters[0]} did not end within ${limit} s:\n${lastLines(text)}`);
  }
  return { code: child.exitCode, text };
}

/** As `endOf`. @throws Error with the end of what it printed, also when it ended with another code than 0. */
export async function outputOf(
  command: string,
  parameters: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { code, text } = await endOf(command, parameters, options);
  if (code === 0) return text;
  throw new Error(`${command} ${parameters.join(' ')} ended with ${code}:\n${lastLines(text)}`);
}

export const lastLines = (text: string, count = 25): string =>
  text.trimEnd().split('\n').slice(-count).join('\n');
