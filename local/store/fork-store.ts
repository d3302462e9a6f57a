import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import * as z from 'zod';
import type { PolicyDocument } from '../iam/document.ts';
import type { TableDefinition } from './definitions.ts';
import type { Throttled } from './throughput.ts';

/** What the store's process is told; plain JSON. */
export interface StoreProcessOptions {
  /** 0 for any free port. */
  port: number;
  /** Folder of the database; without it the tables live in memory. */
  path?: string | undefined;
  tables: readonly TableDefinition[];
  /** The policies of each role by its access key id; without them everybody may do everything. */
  policies?: readonly (readonly [principal: string, documents: readonly PolicyDocument[]])[] | undefined;
  /** The file that calls of roles are recorded in. */
  recordCalls?: string | undefined;
}

export interface StoreProcess {
  endpoint: string;
  pid: number;
  /** Rejects when the process ends by itself. */
  ended: Promise<never>;
  /** Lets running requests end, closes the database and the process. */
  close: () => Promise<void>;
}

const report = z.union([z.object({ endpoint: z.string() }), z.object({ failed: z.string() })]);
const throttle = z.object({
  throttled: z.object({ table: z.string(), direction: z.enum(['Read', 'Write']) }),
});

/** The store needs nothing of this process's environment; without a log file it writes to this process's output. */
function start(logFile: string | undefined): ChildProcess {
  const log = logFile === undefined ? 'inherit' : openSync(logFile, 'a');
  try {
    return fork(new URL('store.process.ts', import.meta.url), {
      env: { PATH: process.env.PATH },
      execArgv: [],
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    if (typeof log === 'number') closeSync(log);
  }
}

/** Starts the table store in a process of its own. @throws Error with the reason in one line. */
export async function forkStore(
  options: StoreProcessOptions,
  logFile?: string,
  throttled: Throttled = () => undefined,
): Promise<StoreProcess> {
  const child = start(logFile);
  let closing = false;
  const exited = once(child, 'exit');
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('exit', () => {
      if (!closing) reject(new Error('The table store ended unexpectedly; its log says why.'));
    });
  });
  // Whoever does not listen to `ended` learns of it from the next request.
  ended.catch(() => undefined);
  child.send(options);
  const [message]: unknown[] = await Promise.race([once(child, 'message'), ended]);
  const answer = report.parse(message);
  if ('failed' in answer) throw new Error(answer.failed);
  child.on('message', (told: unknown) => {
    const { table, direction } = throttle.parse(told).throttled;
    throttled(table, direction);
  });
  return {
    endpoint: answer.endpoint,
    pid: child.pid ?? 0,
    ended,
    async close() {
      closing = true;
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
