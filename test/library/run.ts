import { deepStrictEqual, match, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf } from './same-template.ts';

const root = join(import.meta.dirname, '../..');
const readJson = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'sallyport-library-'));

const PROPS = {
  name: 'Acme-AI',
  owners: ['it@acme.example'],
  portals: ['default'],
  domain: { name: 'ai.acme.example', hostedZone: { id: 'Z0123456789ABC', name: 'acme.example' } },
  tags: { team: 'platform' },
};

/** What `cdk init` sets in a new app. */
const CONTEXT = {
  ...readJson('node_modules/aws-cdk-lib/recommended-feature-flags.json'),
  'aws:cdk:enable-path-metadata': true,
};

function run(
  command: string,
  parameters: readonly string[],
  environment: Record<string, string> = {},
): string {
  return execFileSync(command, parameters, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CDK_VALIDATION: 'false', ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

const node = (file: string, parameters: readonly string[] = [], environment: Record<string, string> = {}) =>
  run(process.execPath, [file, ...parameters], environment);

/** Somebody's own CDK app, with the package as they would install it. */
function makeApp(): void {
  const { devDependencies, dependencies } = readJson('package.json');
  const versions = { ...dependencies, ...devDependencies };
  cpSync(join(import.meta.dirname, 'app'), folder, { recursive: true });
  run('npm', ['pack', join(root, 'library'), '--silent', '--pack-destination', folder]);
  const [tarball = ''] = globSync('sallyport-*.tgz', { cwd: folder });
  const wanted = ['aws-cdk-lib', 'constructs', 'typescript', '@types/node'];
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({
      type: 'module',
      dependencies: {
        sallyport: `file:${tarball}`,
        ...Object.fromEntries(wanted.map((name) => [name, versions[name]])),
      },
    }),
  );
  writeFileSync(join(folder, 'props.json'), JSON.stringify(PROPS));
  run('npm', ['install', '--silent', '--prefer-offline', '--no-audit', '--no-fund']);
}

function synthesize(app: string, outdir: string, context: Record<string, unknown> = {}): string {
  return node(app, [], {
    CDK_OUTDIR: join(folder, outdir),
    CDK_CONTEXT_JSON: JSON.stringify({ ...CONTEXT, ...context }),
  });
}

const templateOf = (outdir: string, stack: string) =>
  readFileSync(join(folder, outdir, `${stack}.template.json`), 'utf8');

const checks: Readonly<Record<string, () => void>> = {
  'the package brings nothing but zod': () => {
    const ours = readJson('package.json');
    const theirs = JSON.parse(readFileSync(join(folder, 'node_modules/sallyport/package.json'), 'utf8'));
    const { zod } = { ...ours.devDependencies, ...ours.dependencies };
    deepStrictEqual(theirs.dependencies, { zod });
    deepStrictEqual(theirs.optionalDependencies, undefined);
    deepStrictEqual(theirs.version, ours.version);
    deepStrictEqual(globSync('node_modules/sallyport/node_modules', { cwd: folder }), []);
  },
  'an ES module and a CommonJS app type check against it': () => {
    node('node_modules/typescript/bin/tsc', ['--noEmit']);
  },
  'its construct stands beside a resource of their own and makes what a checkout makes, apart from ids':
    () => {
      synthesize('module.ts', 'theirs');
      writeFileSync(join(folder, 'sallyport.json'), JSON.stringify({ environments: { production: PROPS } }));
      synthesize(join(root, 'bin/sallyport.ts'), 'ours', { config: join(folder, 'sallyport.json') });
      const theirs = templateOf('theirs', PROPS.name);
      match(theirs, /"Own[0-9A-F]{8}"/);
      const made = contentOf(theirs, `${PROPS.name}/Door`);
      const ours = templateOf('ours', PROPS.name);
      const wanted = contentOf(ours, `${PROPS.name}/Sallyport`);
      const { Resources, Outputs } = JSON.parse(ours);
      deepStrictEqual(
        wanted.length,
        Object.keys({ ...Resources, ...Outputs }).length,
        'nothing stands beside it',
      );
      ok(made.length > 100, `${made.length} resources and outputs`);
      deepStrictEqual(
        made.filter((line) => !wanted.includes(line)),
        wanted.filter((line) => !made.includes(line)),
      );
      deepStrictEqual(made.length, wanted.length);
    },
  'a CommonJS app uses the stack, and is told what is wrong with its properties': () => {
    node('node_modules/typescript/bin/tsc');
    const said = synthesize('out/commonjs.cjs', 'commonjs');
    match(said, /What Refused\/Door was given is not valid:\n {2}owners: /);
    match(templateOf('commonjs', 'Acme-AI'), /AWS::DynamoDB::Table/);
  },
  'the command comes with it': () => {
    match(node('node_modules/sallyport/cli/sallyport.mjs', ['--version']), /^\d+\.\d+\.\d+/);
  },
};

let failed = 0;
try {
  makeApp();
  for (const [name, check] of Object.entries(checks)) {
    try {
      check();
      console.log(`passed: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED: ${name}\n${error instanceof Error ? error.message : String(error)}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = failed > 0 ? 1 : 0;
