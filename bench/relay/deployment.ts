import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { functionEnvironment } from '../../local/functions/function-environment.ts';
import { REGION } from '../../local/iam/authorizer.ts';
import { type RunningCloud, startCloud } from '../../local/start/cloud.ts';
import { type Ports, portsFrom } from '../../local/start/ports.ts';

const root = join(import.meta.dirname, '../..');

/** The first of six neighbouring free ports; those that the system hands out are rarely followed by a taken one. */
async function freePorts(): Promise<Ports> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('There is no free port.');
  return portsFrom(Math.min(address.port, 65_000));
}

/** Runs the command line as its user does; the gateway lives in this process, so it must not wait idly. */
function runner(home: string, origin: string): (parameters: string[]) => Promise<string> {
  const env = { PATH: process.env.PATH, HOME: home, XDG_CONFIG_HOME: home, SALLYPORT_URL: origin };
  return async (parameters) => {
    const command = [join(root, 'cli/sallyport.ts'), ...parameters];
    const { stdout } = await promisify(execFile)(process.execPath, command, { env, timeout: 30_000 });
    return stdout.trim();
  };
}

/** An embedded cloud without its demo, with one server behind its portal and one person signed in. */
export class BenchDeployment {
  /** An access token of alice for the portal, got through the whole sign-in. */
  readonly token: string;
  readonly #cloud: RunningCloud;
  readonly #ports: Ports;
  readonly #folder: string;

  private constructor(cloud: RunningCloud, ports: Ports, folder: string, token: string) {
    this.#cloud = cloud;
    this.#ports = ports;
    this.#folder = folder;
    this.token = token;
  }

  static async start(upstream: string): Promise<BenchDeployment> {
    const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
    const ports = await freePorts();
    const cloud = await startCloud({ ports, dataFolder: folder, demo: false });
    const origin = `http://127.0.0.1:${ports.gateway}`;
    const file = join(folder, 'bench.yaml');
    const documents = readFileSync(join(import.meta.dirname, 'sallyport.yaml'), 'utf8');
    const sallyport = runner(folder, origin);
    await sallyport(['login', '--person', 'dana']);
    writeFileSync(file, documents.replace('UPSTREAM', upstream));
    await sallyport(['apply', '-f', file]);
    return new BenchDeployment(cloud, ports, folder, await sallyport(['token', '--person', 'alice']));
  }

  /** The environment of the function with this service name, as its process has it. */
  environmentOf(service: string): Record<string, string> {
    const view = this.#function(service);
    const services = `http://127.0.0.1:${this.#ports.services}`;
    const store = `http://127.0.0.1:${this.#ports.store}`;
    return functionEnvironment(view, REGION, {
      DYNAMODB: store,
      S3: services,
      KMS: services,
      EVENTBRIDGE: services,
      SECRETS_MANAGER: services,
    });
  }

  /** The bundle of the function with this service name. */
  bundleOf(service: string): string {
    return join(this.#function(service).codeFolder, 'index.mjs');
  }

  async stop(): Promise<void> {
    await this.#cloud.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #function(service: string) {
    const { functions } = this.#cloud.deployment;
    const view = functions.find(({ environment }) => environment.POWERTOOLS_SERVICE_NAME === service);
    if (!view) throw new Error(`The template has no function ${service}.`);
    return view;
  }
}
