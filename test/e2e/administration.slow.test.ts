import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { SHARDS } from '../../lambdas/audit/keys.ts';
import { verifyChain } from '../../lambdas/audit/verify-chain.ts';
import type { Item } from '../../lambdas/shared/table.ts';
import { runCommand } from '../cli/run.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { tableOf } from './administrator.ts';
import { Connection } from './connection.ts';
import { describeEverydayAdministration } from './everyday.ts';
import { describeMigration } from './migration.ts';
import { applyServiceToken, describeServiceTokens } from './service-tokens.ts';

let cloud: TestCloud;
let token: string;
const folder = mkdtempSync(join(tmpdir(), 'sallyport-cli-'));

beforeAll(async () => {
  cloud = await startCloud();
  token = (await (await Connection.register(cloud.origin)).signIn('alice')).access_token;
  await sallyport('login', '--person', 'dana');
  await applyServiceToken(administered());
});
afterAll(async () => {
  await cloud.stop();
  rmSync(folder, { recursive: true });
});

async function command(args: string[], input = ''): Promise<string> {
  const environment = { SALLYPORT_URL: cloud.origin, SALLYPORT_CONFIG_DIR: folder };
  const { code, out, err } = await runCommand(args, environment, input);
  if (code !== 0) throw new Error(err);
  return out;
}
const sallyport = (...args: string[]) => command(args);
const administered = () => ({
  cloud,
  sallyport: (args: string, input?: string) => command(args.split(' '), input),
});

async function call(name: string, parameters: Record<string, unknown>): Promise<void> {
  const response = await fetch(cloud.mcpUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${token}`,
    },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name, arguments: parameters },
    }),
  });
  await response.text();
  expect(response.status).toBe(200);
}

const record = z.looseObject({ type: z.string(), exchange: z.string().optional(), time: z.string() });

async function recordsOf(tool: string) {
  const list = JSON.parse(await sallyport('audit', 'list', '--tool', tool, '--since', '1h', '-o', 'json'));
  return z.object({ items: z.array(record) }).parse(list).items;
}

/** Every record in the table, whoever wrote it. */
async function allRecords(): Promise<Item[]> {
  const audit = tableOf(cloud, 'Audit');
  const days = [Date.now() - 86_400_000, Date.now()].map((time) => new Date(time).toISOString().slice(0, 10));
  const partitions = days.flatMap((day) => Array.from({ length: SHARDS }, (_, shard) => `${day}#${shard}`));
  const pages = await Promise.all(partitions.map((value) => audit.query({ partition: { value } })));
  return pages.flatMap(({ items }) => items);
}

const arguments_ = { employee: 'e08', from: '2026-12-21', to: '2026-12-23' };

describe('the audit of a running deployment', () => {
  it('has an intent and an outcome of a call that changes something, joined by the exchange', async () => {
    await call('hr__request_time_off', arguments_);
    const [outcome, intent, ...others] = await recordsOf('request_time_off');
    expect(others).toEqual([]);
    expect(intent).toMatchObject({
      type: 'intent',
      person: { email: 'alice@example.com' },
      client: { id: expect.stringMatching(/^client-/), name: 'Test' },
      portal: 'default',
      server: 'hr',
      tool: 'request_time_off',
      decision: { allowed: true, policy: 'staff' },
    });
    expect(outcome).toMatchObject({ type: 'outcome', exchange: intent?.exchange, status: 'success' });
  });

  it('has the outcome alone of a call that was reviewed as read-only', async () => {
    await call('hr__find_employee', { query: 'lindqvist' });
    expect((await recordsOf('find_employee')).map(({ type }) => type)).toEqual(['outcome']);
  });

  it('keeps no payload unless the portal says so', async () => {
    const [outcome] = await recordsOf('request_time_off');
    const key = { pk: String(outcome?.exchange), sk: 'current' };
    expect(await tableOf(cloud, 'Payloads').get(key)).toBeUndefined();
    expect(JSON.stringify(await allRecords())).not.toContain('2026-12-21');
  });

  it('keeps arguments and answers apart from the records once the portal says "full"', async () => {
    const portal = z
      .looseObject({ spec: z.looseObject({}) })
      .parse(JSON.parse(await sallyport('get', 'portal', 'default', '-o', 'json')));
    portal.spec.payloads = 'full';
    await command(['apply', '-f', '-'], JSON.stringify(portal));
    const payloads = tableOf(cloud, 'Payloads');
    let stored: Item | undefined;
    while (!stored) {
      await sleep(1_000);
      await call('hr__request_time_off', arguments_);
      const outcome = (await allRecords()).find(({ payload }) => payload !== undefined);
      if (outcome) stored = await payloads.get({ pk: String(outcome.exchange), sk: 'current' });
    }
    const data = z.instanceof(Uint8Array).parse(stored.data);
    expect(JSON.parse(gunzipSync(data).toString())).toMatchObject({
      arguments: arguments_,
      answer: { structuredContent: { status: 'pending' } },
    });
    expect(JSON.stringify(await allRecords())).not.toContain('2026-12-21');
  });

  it('is whole: every function that wrote has an unbroken chain', async () => {
    const chains = Map.groupBy(await allRecords(), ({ chain }) => String(chain));
    expect(chains.size).toBeGreaterThan(2);
    for (const items of chains.values()) expect(verifyChain(items)).toMatchObject({ intact: true, first: 0 });
  });

  it('shows an altered record', async () => {
    const records = await allRecords();
    const [altered] = records;
    const changed = records
      .filter(({ chain }) => chain === altered?.chain)
      .map((item) => (item === altered ? { ...item, ip: '203.0.113.9' } : item));
    expect(verifyChain(changed)).toMatchObject({ intact: false, fault: 'altered' });
  });
});

/** Here, because the wait for their policy passes while the audit waits for its portal, in one deployment. */
describe('a service token of a running deployment', () => {
  describeServiceTokens(administered);
});

describe('everyday administration', () => {
  describeEverydayAdministration(administered);
});

describe('the data of an earlier version', () => {
  describeMigration(administered);
});
