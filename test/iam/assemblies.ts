import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const root = join(import.meta.dirname, '../..');

/** Synthesizes an environment of sallyport.config.ts into a folder. @throws Error with what the app said. */
export async function synthesize(
  environment: string,
  folder: string,
  context: Readonly<Record<string, string>> = {},
): Promise<void> {
  const defaults: { context: object } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'));
  await promisify(execFile)(process.execPath, [join(root, 'bin/sallyport.ts')], {
    cwd: root,
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...defaults.context, ...context, env: environment }),
      CDK_VALIDATION: 'false',
      SALLYPORT_CONFIG: '',
    },
  });
}
