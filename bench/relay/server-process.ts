import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import * as z from 'zod';
import type { Load, LoadResult } from './load.ts';

const answer = z.object({ port: z.number(), cpuMilliseconds: z.number() });
const outcome = z.union([
  z.object({ result: z.object({ latencies: z.array(z.number()), elapsed: z.number() }) }),
  z.object({ error: z.string() }),
]);

function start(script: string, environment: Record<string, string>): ChildProcess {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  return fork(join(import.meta.dirname, script), { env, execPath: process.execPath });
}

async function message(child: ChildProcess): Promise<unknown> {
  const heard = new AbortController();
  const { signal } = heard;
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`A process of the benchmark ended with code ${code}.`);
  });
  ended.catch(() => {});
  try {
    const [received]: unknown[] = await Promise.race([once(child, 'message', { signal }), ended]);
    return received;
  } finally {
    heard.abort();
  }
}

/** A measured server in a process of its own. */
export class ServerProcess {
  readonly origin: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.origin = `http://127.0.0.1:${port}`;
  }

  static async start(script: string, environment: Record<string, string>): Promise<ServerProcess> {
    const child = start(script, environment);
    const { port } = answer.parse(await message(child));
    return new ServerProcess(child, port);
  }

  /** The CPU time, user and system, that the process has used so far, in milliseconds. */
  async cpuMilliseconds(): Promise<number> {
    const received = message(this.#child);
    this.#child.send('cpu');
    return answer.parse(await received).cpuMilliseconds;
  }

  stop(): void {
    this.#child.kill();
  }
}

/** The process that plays the clients. */
export class LoadProcess {
  readonly #child = start('load.ts', {});

  /** @throws Error when any call was not answered as it should be. */
  async run(load: Load): Promise<LoadResult> {
    const received = message(this.#child);
    this.#child.send(load);
    const reported = outcome.parse(await received);
    if ('error' in reported) throw new Error(reported.error);
    return reported.result;
  }

  stop(): void {
    this.#child.kill();
  }
}
