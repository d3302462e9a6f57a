import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { AUTHORIZATION_SCENARIOS, runAuthorization } from './authorization.ts';
import { type Deployment, deploy } from './deployment.ts';
import { type Checks, expectedFile, judge } from './judge.ts';
import { requiredOf, runSuite } from './suite.ts';

const REVISIONS = ['2026-07-28', '2025-11-25'];
const expected = expectedFile.parse(parse(readFileSync(join(import.meta.dirname, 'expected.yml'), 'utf8')));
const judged = new Set<string>();
let surprised = false;

/** Prints how a requirement set went, and below it whatever was not expected. */
function report(name: string, required: readonly string[], results: ReadonlyMap<string, Checks>): void {
  judged.add(name);
  const verdict = judge(required, results, expected[name]);
  console.log(`${name}: ${verdict.passed}/${verdict.required}`);
  for (const surprise of verdict.surprises) console.log(`  ${surprise}`);
  surprised ||= verdict.surprises.length > 0;
}

async function runServer({ signedInUrl }: Deployment, suffix: string): Promise<void> {
  for (const revision of REVISIONS) {
    const parameters = `server --url ${signedInUrl} --requirements ${revision} --timeout 8000`.split(' ');
    const results = await runSuite({ leg: 'server', parameters });
    report(`server ${revision}${suffix}`, requiredOf(revision), results);
  }
}

{
  await using deployment = await deploy('modern');
  await runServer(deployment, '');
  report('authorization', AUTHORIZATION_SCENARIOS, await runAuthorization(deployment.origin));
}
{
  await using deployment = await deploy('legacy');
  await runServer(deployment, ', legacy server');
}
for (const name of Object.keys(expected).filter((set) => !judged.has(set))) {
  console.log(`expected.yml has "${name}", which is no requirement set`);
  surprised = true;
}
process.exitCode = surprised ? 1 : 0;
