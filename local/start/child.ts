import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_LIMIT = 15_000;

/** A process that ends with this one, however this one ends: its channel closes. */
export interface Child {
  stop(): Promise<void>;
}

interface ForkOptions {
  module: string;
  parameters?: readonly string[];
  /** The whole environment besides PATH: a sample server must not hand out its user's. */
  environment?: Record<string, string>;
  logFile: string;
}

function start({ module, parameters = [], environment = {}, logFile }: ForkOptions): ChildProcess {
  const log = openSync(logFile, 'a');
  try {
    return fork(join(import.meta.dirname, module), parameters, {
      env: { PATH: process.env.PATH, ...environment },
      stdio: ['ignore', log, log, 'ipc'],
    });
  } finally {
    closeSync(log);
  }
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
};

/**
 * Starts a sample MCP server and waits until its port answers.
 * @throws Error naming the server when it ends or does not listen in time.
 */
export async function startUpstream(
  name: string,
  module: string,
  port: number,
  logFile: string,
): Promise<Child> {
  const child = start({
    module: 'upstream-process.ts',
    parameters: [module],
    environment: { PORT: String(port) },
    logFile,
  });
  const stop = async () => {
    child.removeAllListeners('exit').kill('SIGKILL');
    await ended(child);
  };
  const until = Date.now() + START_LIMIT;
  while (!(await answers(port))) {
    const running = child.exitCode === null && child.signalCode === null;
    if (running && Date.now() < until) {
      await sleep(25);
      continue;
    }
    await stop();
    const reason = running ? `does not listen on port ${port}` : 'ended';
    throw new Error(`The sample server "${name}" ${reason}; ${logFile} says why.`);
  }
  child.once('exit', () => console.error(`The sample server "${name}" ended; ${logFile} says why.`));
  return { stop };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
