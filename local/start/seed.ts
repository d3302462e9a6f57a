import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface SeedOptions {
  origin: string;
  dataFolder: string;
  documents: readonly object[];
}

const commandLine = join(import.meta.dirname, '../../cli/sallyport.ts');

/**
 * Applies the documents as their owner does, with the command line; once per data folder, and again when they changed.
 * @throws Error with what the command line said.
 */
export async function seed({ origin, dataFolder, documents }: SeedOptions): Promise<void> {
  const text = JSON.stringify(documents);
  const stamp = join(dataFolder, 'demo.sha256');
  const inputs = createHash('sha256').update(text).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return;
  const environment = { SALLYPORT_URL: origin, SALLYPORT_CONFIG_DIR: join(dataFolder, 'demo-owner') };
  await run(['login', '--person', 'dana'], environment);
  await run(
    ['apply', '-f', '-'],
    environment,
    documents.map((document) => JSON.stringify(document)).join('\n---\n'),
  );
  writeFileSync(stamp, inputs);
}

async function run(
  parameters: readonly string[],
  environment: Record<string, string>,
  input = '',
): Promise<void> {
  const command = spawn(process.execPath, [commandLine, ...parameters], {
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let said = '';
  command.stderr.on('data', (text: Buffer) => {
    said += text;
  });
  command.stdin.on('error', () => {});
  command.stdin.end(input);
  const [code] = await once(command, 'close');
  if (code !== 0)
    throw new Error(`The demo cannot be set up: sallyport ${parameters.join(' ')}: ${said.trim()}`);
}
