import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ENDPOINT } from '../fixtures/dynamodb.ts';
import { compare, type Results } from './compare.ts';
import { DIFFERENCES } from './differences.ts';
import { findJava, startDynamoDbLocal } from './dynamodb-local.ts';
import { filesWithTables, runTests } from './run-tests.ts';

const here = import.meta.dirname;
const SKIP = '--skip-without-java';

/** Installs DynamoDB Local when that was not done yet, or for another lockfile. */
async function install(): Promise<boolean> {
  const stamp = join(here, 'node_modules/.installed.sha256');
  const lockfile = createHash('sha256')
    .update(readFileSync(join(here, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lockfile) return true;
  const shell = process.platform === 'win32';
  const [code] = await once(spawn('npm', ['ci'], { cwd: here, stdio: 'inherit', shell }), 'close');
  if (code === 0) writeFileSync(stamp, lockfile);
  return code === 0;
}

async function runOnDynamoDb(files: readonly string[], java: number): Promise<Results> {
  await using dynamodb = await startDynamoDbLocal(java);
  console.log(
    dynamodb.loopbackOnly
      ? 'DynamoDB Local runs and answers this machine only.'
      : `DynamoDB Local runs and listens on all interfaces: Java ${java} cannot keep other machines out. Its tables are the tests' own, and can be reached only by whoever guesses their access key ids.`,
  );
  // Awaited here: it must not be stopped before.
  return await runTests(files, { [ENDPOINT]: dynamodb.endpoint });
}

const passing = (results: Results) => [...results.values()].filter((status) => status === 'passed').length;

/** Runs the tests of everything that uses tables on both stores. @returns whether they agree. */
async function run(): Promise<boolean> {
  const java = await findJava();
  if (java === undefined) {
    const skipped = process.argv.includes(SKIP);
    console.log(
      `DynamoDB Local needs Java 17 or newer on the path, such as Debian's default-jre-headless.${skipped ? ' Skipped.' : ` ${SKIP} lets a machine without it pass.`}`,
    );
    return skipped;
  }
  if (!(await install())) return false;
  const files = await filesWithTables();
  console.log(`${files.length} test files use tables.`);
  const embedded = await runTests(files, {});
  const dynamodb = await runOnDynamoDb(files, java);
  const faults = compare(embedded, dynamodb, DIFFERENCES);
  for (const fault of faults) console.log(fault);
  console.log(
    `${embedded.size} tests: ${passing(embedded)} pass on the embedded tables, ${passing(dynamodb)} on DynamoDB Local, ${DIFFERENCES.length} known differences, ${faults.length} faults`,
  );
  return faults.length === 0;
}

process.exitCode = (await run()) ? 0 : 1;
