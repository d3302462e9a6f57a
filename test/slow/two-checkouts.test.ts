import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { build } from 'esbuild';
import { ES_MODULE_WITH_REQUIRE } from '../../bin/bundle.ts';

const root = join(import.meta.dirname, '../..');
const SOURCES = ['bin', 'lambdas', 'lib', 'cdk.json', 'package.json', 'sallyport.config.ts'];
const ENVIRONMENTS = ['production', 'embedded'];
const folder = mkdtempSync(join(tmpdir(), 'sallyport-checkouts-'));
const checkouts = [
  { path: join(folder, 'one'), changed: new Date('2026-01-01T00:00:00Z') },
  { path: join(folder, 'some/where else/deeper'), changed: new Date('2026-06-30T12:00:00Z') },
];
/** The text of each file that matches, by name. */
const files = (checkout: string, environment: string, pattern: string) => {
  const cwd = join(checkout, 'out', environment);
  return new Map(
    globSync(pattern, { cwd })
      .toSorted()
      .map((name) => [name, readFileSync(join(cwd, name), 'utf8')]),
  );
};

/** Of each text its hash: bundles are too long to read a difference in. */
const hashes = (texts: ReadonlyMap<string, string>) =>
  [...texts].map(([name, text]) => `${name} ${createHash('sha256').update(text).digest('hex')}`);

/** Every file of a package that ends up in a bundle, and what tells how the package is resolved. */
async function bundledPackageFiles(): Promise<string[]> {
  const { metafile } = await build({
    ...ES_MODULE_WITH_REQUIRE,
    absWorkingDir: root,
    entryPoints: globSync('lambdas/*/*.lambda.ts', { cwd: root }),
    outdir: 'dist',
    metafile: true,
    write: false,
  });
  const inputs = Object.keys(metafile.inputs).filter((file) => file.startsWith('node_modules/'));
  const manifests = new Set(inputs.flatMap(foldersAbove).map((each) => join(each, 'package.json')));
  return [...inputs, ...[...manifests].filter((file) => existsSync(join(root, file)))];
}

const foldersAbove = (file: string): string[] => {
  const parent = dirname(file);
  return parent === '.' ? [] : [parent, ...foldersAbove(parent)];
};

/** Puts everything that a bundle is made of at another path: a link would lead back to the same one. */
function checkOut(path: string, changed: Date, packageFiles: readonly string[]): void {
  for (const source of SOURCES) cpSync(join(root, source), join(path, source), { recursive: true });
  for (const file of packageFiles) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    cpSync(join(root, file), join(path, file));
  }
  for (const tool of ['esbuild', '@esbuild'])
    symlinkSync(join(root, 'node_modules', tool), join(path, 'node_modules', tool));
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) utimesSync(join(entry.parentPath, entry.name), changed, changed);
  }
}

async function run(cwd: string, script: string, environment: Record<string, string> = {}): Promise<void> {
  const child = spawn(process.execPath, [script], {
    cwd,
    env: { ...process.env, ...environment },
    stdio: 'pipe',
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => {
    said += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${script} failed: ${said}`);
}

async function synthesize(path: string): Promise<void> {
  await run(path, 'bin/bundle.ts');
  rmSync(join(path, 'node_modules'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(path, 'node_modules'));
  const { context } = JSON.parse(readFileSync(join(path, 'cdk.json'), 'utf8')) as { context: object };
  for (const env of ENVIRONMENTS) {
    await run(path, 'bin/sallyport.ts', {
      CDK_OUTDIR: join(path, 'out', env),
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, env }),
      CDK_VALIDATION: 'false',
    });
  }
}

describe('two checkouts of the same commit', () => {
  beforeAll(async () => {
    const packageFiles = await bundledPackageFiles();
    for (const { path, changed } of checkouts) {
      checkOut(path, changed, packageFiles);
      await synthesize(path);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const [one = '', other = ''] = checkouts.map(({ path }) => path);

  it.each(ENVIRONMENTS)('synthesize the same template, byte by byte: %s', (environment) => {
    const templates = files(one, environment, '*.template.json');
    expect(templates.size).toBe(1);
    expect(files(other, environment, '*.template.json')).toEqual(templates);
  });

  it.each(ENVIRONMENTS)('have the same assets under the same hashes: %s', (environment) => {
    const assets = files(one, environment, 'asset.*/**/*.mjs');
    expect(assets.size).toBeGreaterThanOrEqual(8);
    expect(hashes(files(other, environment, 'asset.*/**/*.mjs'))).toEqual(hashes(assets));
    expect(files(other, environment, '*.assets.json')).toEqual(files(one, environment, '*.assets.json'));
  });

  it('put no path of the machine into what is deployed', () => {
    for (const [name, text] of [
      ...files(one, 'production', '*.template.json'),
      ...files(one, 'production', 'asset.*/**/*.mjs'),
    ])
      expect({ name, found: text.includes(folder) || text.includes(root) }).toEqual({ name, found: false });
  });
});
