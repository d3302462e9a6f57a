import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadConfiguration } from '../../../bin/configuration-file.ts';
import { readConfiguration } from '../../../lib/configuration.ts';

const app = join(import.meta.dirname, '../../../bin/sallyport.ts');
const folder = mkdtempSync(join(tmpdir(), 'sallyport-configuration-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const environments = {
  prod: {
    name: 'Acme-AI',
    owners: ['it@acme.example'],
    portals: ['default'],
    tags: { from: 'their folder' },
  },
};

/** Runs the CDK app as the CDK command line does, from a folder of theirs. */
function synthesize(context: object, environment: Record<string, string> = {}) {
  const outdir = join(folder, 'cdk.out');
  const { stderr } = spawnSync(process.execPath, [app], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...environment,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_OUTDIR: outdir,
      CDK_VALIDATION: 'false',
    },
  });
  return { stderr, template: () => readFileSync(join(outdir, 'Acme-AI.template.json'), 'utf8') };
}

describe('a configuration outside of the checkout', () => {
  file(
    'acme/sallyport.config.ts',
    `interface Written { environments: object }
     const configuration: Written = { environments: ${JSON.stringify(environments)} };
     export default configuration;`,
  );

  it('is a TypeScript file that -c config=PATH names, from the working directory', () => {
    const { template } = synthesize({ env: 'prod', config: 'acme/sallyport.config.ts' });
    expect(template()).toContain('their folder');
  });

  it('is named by SALLYPORT_CONFIG too, and errors call it by that name', () => {
    const { stderr } = synthesize({ env: 'dev' }, { SALLYPORT_CONFIG: 'acme/sallyport.config.ts' });
    expect(stderr).toBe(
      'acme/sallyport.config.ts has no environment "dev"; it has: prod. Choose one with -c env=NAME.\n',
    );
  });

  it.each([
    ['json', JSON.stringify({ environments })],
    ['mjs', `export default ${JSON.stringify({ environments })};`],
    ['js', `export default ${JSON.stringify({ environments })};`],
  ])('may be a .%s file', async (extension, text) => {
    file('package.json', '{"type":"module"}');
    const { input } = await loadConfiguration(file(`sallyport.config.${extension}`, text));
    expect(input).toEqual({ environments });
  });

  it('has its paths begin at its own folder', async () => {
    const path = file('branded/sallyport.json', JSON.stringify({ environments }));
    const { input, source } = await loadConfiguration(path);
    expect(readConfiguration(input, 'prod', {}, source).folder).toBe(join(folder, 'branded'));
  });

  it.each([
    ['is not there', 'none.ts', undefined, 'none.ts does not exist: the configuration was looked for at'],
    ['is of another kind', 'sallyport.yaml', 'a: 1', 'a configuration ends with one of .ts'],
    ['has no default export', 'named.mjs', 'export const a = 1;', 'has no default export: write "export'],
    ['throws', 'throws.mjs', 'throw new Error("no VPN");', 'throws.mjs cannot be loaded: no VPN'],
    ['is no JSON', 'broken.json', '{', 'broken.json cannot be loaded: '],
  ])('is refused when it %s', async (_name, name, text, message) => {
    const path = text === undefined ? join(folder, name) : file(name, text);
    await expect(loadConfiguration(path)).rejects.toThrow(message);
  });

  it('is the sample of the checkout when there is no other', async () => {
    const { input, source } = await loadConfiguration(undefined);
    expect(readConfiguration(input, 'production', {}, source).name).toBe('Sallyport');
    expect(source.name).toBe('sallyport.config.ts');
  });
});
