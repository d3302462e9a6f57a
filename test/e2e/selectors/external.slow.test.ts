import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import type { Client } from '@modelcontextprotocol/client';
import { type Evaluator, startEvaluator } from '../../../examples/external-evaluation/evaluator.ts';
import { startCloud, type TestCloud } from '../../fixtures/cloud.ts';
import { connectAs, listedWith, Owner } from './listed-servers.ts';

jest.setTimeout(90_000);

const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});

let cloud: TestCloud;
let owner: Owner;
let evaluator: Evaluator;
let alice: Client;
let asked = 0;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-external-'));

beforeAll(async () => {
  cloud = await startCloud();
  owner = new Owner(cloud, folder);
  await owner.run('login --person dana');
  evaluator = await startEvaluator(cloud.origin, ({ email }) => {
    asked++;
    return email === 'alice@example.com';
  });
  const { url, keysUrl } = evaluator;
  const rules = {
    passes: { include: [{ externalEvaluation: 'on-call' }] },
    fails: { include: [{ everyone: true }], exclude: [{ externalEvaluation: 'on-call' }] },
  };
  await owner.applyRules(
    [rules],
    [document('ExternalEvaluation', 'on-call', { url, keysUrl, cacheSeconds: 1 })],
  );
  alice = await connectAs(cloud, 'alice');
}, 180_000);
afterAll(async () => {
  await alice?.close();
  evaluator?.close();
  await cloud?.stop();
  rmSync(folder, { recursive: true, force: true });
});

it('a real client is shown and kept from servers by what an evaluator says, which verifies who asks', async () => {
  const listed = await listedWith(alice, 'pass0');
  expect([listed.has('pass0'), listed.has('fail0')]).toEqual([true, false]);
  expect(asked).toBeGreaterThan(0);
  const bob = await connectAs(cloud, 'bob');
  const forBob = await listedWith(bob, 'fail0');
  expect([forBob.has('pass0'), forBob.has('fail0')]).toEqual([false, true]);
  await bob.close();
});

it('keeps everybody out who cannot be judged when the evaluator is away', async () => {
  evaluator.close();
  const call = (slug: string) =>
    alice.callTool({ name: `${slug}__find_employee`, arguments: { query: 'bob' } });
  for (;;) {
    const refused = await call('pass0').then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (refused) break;
  }
  await expect(call('fail0')).rejects.toThrow();
});
