import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundle } from '../../bin/bundle.ts';

const root = join(import.meta.dirname, '../..');
const BUNDLE_INPUTS = ['lambdas/**/*.ts', 'bin/bundle.ts', 'package-lock.json'];
const STACK_INPUTS = [...BUNDLE_INPUTS, 'lib/**/*.ts', 'bin/*.ts', 'sallyport.config.ts', 'cdk.json'];

/**
 * Bundles the handlers and synthesizes the environment `embedded` for an origin, each only when its inputs changed.
 * @param config another configuration than the checkout's own; it is synthesized each time.
 * @returns the folder of the cloud assembly.
 * @throws Error with what the CDK app said.
 */
export async function prepareAssembly(origin: string, dataFolder: string, config?: string): Promise<string> {
  await bundleWhenChanged();
  const folder = join(dataFolder, 'cloud-assembly');
  const stamp = join(dataFolder, 'cloud-assembly.sha256');
  const inputs = hashOf(STACK_INPUTS, origin);
  if (config !== undefined || !isCurrent(stamp, inputs)) {
    rmSync(stamp, { force: true });
    rmSync(folder, { recursive: true, force: true });
    await synthesize(origin, folder, config);
    if (config === undefined) writeFileSync(stamp, inputs);
  }
  return folder;
}

function hashOf(patterns: readonly string[], salt = ''): string {
  const hash = createHash('sha256').update(salt);
  for (const file of new Set(globSync([...patterns], { cwd: root }).toSorted())) {
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

const isCurrent = (stamp: string, inputs: string): boolean =>
  existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs;

/** Bundles the handlers into `dist/` when their sources changed; another process that is doing so is waited for. */
async function bundleWhenChanged(): Promise<void> {
  const dist = join(root, 'dist');
  const stamp = join(dist, 'inputs.sha256');
  const inputs = hashOf(BUNDLE_INPUTS);
  if (isCurrent(stamp, inputs)) return;
  const lock = join(dist, 'bundling');
  mkdirSync(dist, { recursive: true });
  while (!takeLock(lock)) await sleep(50);
  try {
    if (isCurrent(stamp, inputs)) return;
    await bundle();
    writeFileSync(stamp, inputs);
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** A lock that is left over from a killed start counts for a minute. */
function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const taken = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - taken > 60_000) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}

async function synthesize(origin: string, folder: string, config: string | undefined): Promise<void> {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  const app = spawn(process.execPath, [join(root, 'bin/sallyport.ts')], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, env: 'embedded', origin }),
      CDK_VALIDATION: 'false',
      // The embedded cloud is an environment of the checkout's own configuration, unless it is asked for another.
      SALLYPORT_CONFIG: config === undefined ? '' : resolve(config),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  app.stderr.on('data', (text: Buffer) => {
    said += text;
  });
  const [code] = await once(app, 'close');
  if (code !== 0) throw new Error(`The stack cannot be synthesized: ${said.trim() || `exit code ${code}`}`);
}
