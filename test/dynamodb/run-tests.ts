import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Results } from './compare.ts';

const root = join(import.meta.dirname, '../..');
const JEST = [
  '--disable-warning=ExperimentalWarning',
  '--experimental-vm-modules',
  join(root, 'node_modules/jest/bin/jest.js'),
];
/** What every test of tables starts them with. */
const FIXTURE = 'test/fixtures/store.ts';

const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      message: z.string(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: z.string() })),
    }),
  ),
});

/** The test files that use tables, directly or through other modules. */
export async function filesWithTables(): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...JEST, '--findRelatedTests', FIXTURE, '--listTests'],
    { cwd: root },
  );
  return stdout.trim().split('\n').filter(Boolean).toSorted();
}

/** Runs test files and returns what became of each test; a file that does not load is a failed test itself. */
export async function runTests(
  files: readonly string[],
  environment: Record<string, string>,
): Promise<Results> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-dynamodb-'));
  const output = join(folder, 'results.json');
  try {
    const jest = spawn(
      process.execPath,
      [...JEST, '--json', '--outputFile', output, '--runTestsByPath', ...files],
      { cwd: root, stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...environment } },
    );
    await once(jest, 'close');
    if (!existsSync(output)) throw new Error('Jest could not run the tests; it says why above.');
    return resultsOf(report.parse(JSON.parse(readFileSync(output, 'utf8'))));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function resultsOf({ testResults }: z.output<typeof report>): Results {
  const results = new Map<string, string>();
  const add = (test: string, status: string) => {
    let name = test;
    for (let count = 2; results.has(name); count++) name = `${test} (${count})`;
    results.set(name, status);
  };
  for (const { name, message, assertionResults } of testResults) {
    const file = relative(root, name);
    if (assertionResults.length === 0) add(`${file} > ${message.split('\n')[0]}`, 'failed');
    for (const { fullName, status } of assertionResults) add(`${file} > ${fullName}`, status);
  }
  return results;
}
