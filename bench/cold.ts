import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundle } from '../bin/bundle.ts';
import { functionEnvironments } from './cold/function-environments.ts';
import { median, table } from './statistics.ts';

/** Fresh processes per handler; the median of so few is steady enough to show a doubling. */
const PROCESSES = 9;

const root = join(import.meta.dirname, '..');
const EMPTY_MODULE = 'data:text/javascript,export{}';

/** Milliseconds to import a module in one fresh process. */
function importOnce(module: string, environment: Record<string, string>): number {
  const run = spawnSync(process.execPath, [join(root, 'bench/cold/import-once.ts'), module], {
    env: { PATH: process.env.PATH ?? '', AWS_REGION: 'eu-west-1', ...environment },
    encoding: 'utf8',
    timeout: 30_000,
  });
  const milliseconds = Number(run.stdout.trim().split('\n').at(-1));
  if (run.status !== 0 || !(milliseconds >= 0))
    throw new Error(`${module} cannot be imported:\n${run.stderr}`);
  return milliseconds;
}

const importTime = (module: string, environment: Record<string, string>): number =>
  median(Array.from({ length: PROCESSES }, () => importOnce(module, environment)));

await bundle();
const environments = functionEnvironments();
const empty = importTime(EMPTY_MODULE, {});
const rows = [['handler', 'bytes', 'gzip', 'import ms', 'x empty']];
let slowest = { name: '', milliseconds: 0 };
for (const file of globSync('*/*/index.mjs', { cwd: join(root, 'dist') }).sort()) {
  const name = file.replace('/index.mjs', '');
  const code = readFileSync(join(root, 'dist', file));
  const milliseconds = importTime(join(root, 'dist', file), environments.get(name.replace('/', '-')) ?? {});
  if (milliseconds > slowest.milliseconds) slowest = { name, milliseconds };
  const ratio = milliseconds / empty;
  rows.push([
    name,
    String(code.length),
    String(gzipSync(code).length),
    milliseconds.toFixed(1),
    ratio.toFixed(1),
  ]);
}
console.log(
  `Node ${process.version}, median of ${PROCESSES} fresh processes; an empty module: ${empty.toFixed(1)} ms`,
);
console.log(table(rows));
console.log(
  `cold: the slowest handler (${slowest.name}) imports in ${slowest.milliseconds.toFixed(1)} ms, ${(slowest.milliseconds / empty).toFixed(1)} x an empty module`,
);
