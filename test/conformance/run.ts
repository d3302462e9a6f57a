import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchCatalog } from '../../lambdas/portal/catalog-sync.ts';
import { LOOPBACK, serverOf, startPortal } from '../portal/portal.ts';
import { startFixtureServer } from './fixture-server.ts';

const SUITE = join(import.meta.dirname, '../../node_modules/@modelcontextprotocol/conformance/dist/index.js');
const REVISIONS = ['2026-07-28', '2025-11-25'];
const ERAS = ['modern', 'legacy'] as const;

/** Runs the requirements of one revision against a portal; known limits are in the expected failures. */
async function run(url: string, revision: string, era: string): Promise<boolean> {
  const results = await mkdtemp(join(tmpdir(), 'sallyport-conformance-'));
  const expected = join(import.meta.dirname, 'expected-failures', `${revision}-${era}.yaml`);
  const options = [
    '--requirements',
    revision,
    '--expected-failures',
    expected,
    '--timeout',
    '8000',
    '-o',
    results,
  ];
  const suite = spawn(process.execPath, [SUITE, 'server', '--url', url, ...options], { stdio: 'inherit' });
  const [code] = await once(suite, 'exit');
  await rm(results, { recursive: true });
  return code === 0;
}

/** A portal with the fixture behind it in one era; names are unprefixed, since the suite calls fixed ones. */
async function check(era: (typeof ERAS)[number], revisions: readonly string[]): Promise<boolean[]> {
  const fixture = await startFixtureServer();
  const catalog = await fetchCatalog({ url: fixture.url }, LOOPBACK);
  const portal = await startPortal([serverOf('fixture', fixture.url, { ...catalog, era })], {
    naming: (_slug, name) => name,
    signedInAs: 'alice',
  });
  const passed: boolean[] = [];
  for (const revision of revisions) {
    console.log(`\n# ${revision} clients, ${era} server behind the portal`);
    passed.push(await run(portal.url, revision, era));
  }
  await portal.close();
  await fixture.close();
  return passed;
}

const passed: boolean[] = [];
for (const era of ERAS) passed.push(...(await check(era, REVISIONS)));
const failed = passed.filter((good) => !good).length;
console.log(`\n${passed.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
