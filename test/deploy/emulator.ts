import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { lastLines } from './run-command.ts';
import { until } from './until.ts';

export interface Emulator extends AsyncDisposable {
  url: URL;
  /** What an AWS client has to know to use it instead of AWS. */
  environment: NodeJS.ProcessEnv;
  log(): string;
}

export const ACCOUNT = '000000000000';
export const REGION = 'us-east-1';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address === 'object' && address) return address.port;
  throw new Error('There is no free port on 127.0.0.1.');
}

/** Nothing of the environment that could lead to an account of AWS. */
function withoutAws(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name)));
}

/** Starts MiniStack on loopback, with nothing of an earlier run; its functions run with this process's Node. */
export async function startEmulator(command: string, folder: string): Promise<Emulator> {
  const port = await freePort();
  // Outside the checkout, whose package.json would make modules of the scripts that run functions.
  const data = mkdtempSync(join(tmpdir(), 'sallyport-emulator-'));
  const logFile = join(folder, 'emulator.log');
  const log = openSync(logFile, 'w');
  const runtime = join(import.meta.dirname, 'lambda-runtime.ts');
  const child = spawn(command, {
    env: {
      ...withoutAws(),
      PATH: `${dirname(process.execPath)}${delimiter}${process.env.PATH}`,
      NODE_OPTIONS: `--import=${runtime} --disable-warning=ExperimentalWarning`,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      STATE_DIR: join(data, 'state'),
      S3_DATA_DIR: join(data, 's3'),
      TMPDIR: data,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
    stdio: ['ignore', log, log],
    // A group of its own, so that the functions' processes end with it.
    detached: true,
  });
  closeSync(log);
  const ended = once(child, 'exit');
  const clean = () => rmSync(data, { recursive: true, force: true });
  const end = () => {
    endGroup(child.pid);
    clean();
  };
  process.once('exit', end);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
  const stop = async () => {
    endGroup(child.pid);
    process.off('exit', end);
    await ended;
    clean();
  };
  // Its name and not its address: CloudFormation builds host names from it.
  const url = new URL(`http://localhost:${port}`);
  const read = () => readFileSync(logFile, 'utf8');
  try {
    await until('answer of the emulator', 60, async () => {
      if (child.exitCode !== null) throw new Error(`The emulator ended:\n${lastLines(read())}`);
      const answer = await fetch(new URL('/_ministack/health', url)).catch(() => undefined);
      return answer?.ok ? true : undefined;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url,
    log: read,
    environment: {
      ...withoutAws(),
      AWS_ENDPOINT_URL: url.origin,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: '1',
    },
    [Symbol.asyncDispose]: stop,
  };
}

/** Ends a process and all that it started. */
function endGroup(leader: number | undefined): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
