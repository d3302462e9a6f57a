import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { itemSize } from '../../lambdas/audit/fit-item.ts';
import { verifyChain } from '../../lambdas/audit/verify-chain.ts';
import { createAuditWriter } from '../../lambdas/audit/writer.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';
import { alice, chainsOf, exchangeOf, readAll, success } from './records.ts';
import { startUnreliableStore, type UnreliableStore } from './unreliable-store.ts';

let store: TestStore;
let network: UnreliableStore;
let audit: Table;
let payloads: Table;
let client: DynamoDBClient;
/**
 * Each test writes on a day of its own, so that it reads back its own records alone, and in a time to come, since
 * tables drop what has expired.
 */
let now = Date.parse('2101-03-01T12:00:00Z');
const day = () => new Date(now).toISOString().slice(0, 10);
const records = () => readAll(audit, day());

const newWriter = () =>
  createAuditWriter({
    audit: audit.name,
    payloads: payloads.name,
    retentionDays: 30,
    client,
    now: () => now++,
  });

beforeAll(async () => {
  store = await startTestStore();
  network = await startUnreliableStore(store.endpoint);
  audit = new Table(store.tableName('audit'));
  payloads = new Table(store.tableName('payloads'));
  client = new DynamoDBClient({ endpoint: network.endpoint });
});
afterAll(async () => {
  client.destroy();
  await network.close();
  await store.close();
});
beforeEach(() => {
  now = Date.parse(day()) + 86_400_000 + 3_600_000;
  network.faults.length = 0;
  network.operations.length = 0;
});

describe('a record', () => {
  it('of a state-changing call is two immutable items, intent and outcome', async () => {
    const writer = newWriter();
    await writer.intent(exchangeOf('x1'));
    await writer.outcome(exchangeOf('x1'), success);
    const [intent, outcome, ...more] = await records();
    expect(more).toEqual([]);
    expect(intent).toMatchObject({
      type: 'intent',
      exchange: 'x1',
      person: 'p_alice',
      email: 'alice@example.com',
      session: 'session-of-alice',
      client: 'client-1',
      clientName: 'An MCP client',
      ip: '192.0.2.10',
      agent: 'client/1.0',
      portal: 'main',
      method: 'tools/call',
      server: 'hr',
      tool: 'update-employee',
      allowed: true,
      level: 'server',
      policy: 'engineers',
      seq: 0,
      prev: '',
      ttl: Math.floor(Date.parse(`${day()}T01:00:00Z`) / 1000) + 30 * 86_400,
    });
    expect(outcome).toMatchObject({
      type: 'outcome',
      exchange: 'x1',
      status: 'success',
      totalMs: 12.3,
      upstreamMs: 7.1,
      reqBytes: 120,
      resBytes: 4000,
      chain: intent?.chain,
      seq: 1,
      prev: intent?.hash,
    });
  });

  it('of a refusal by default has no policy, and its reason', async () => {
    const decision = {
      allowed: false,
      level: 'portal' as const,
      policy: null,
      reason: 'No policy allows you.',
    };
    await newWriter().outcome(exchangeOf('x1', { decision }), {
      ...success,
      status: 'denied',
      errorCode: -32_003,
    });
    const [denied] = await records();
    expect(denied).toMatchObject({
      allowed: false,
      level: 'portal',
      reason: decision.reason,
      errorCode: -32_003,
    });
    expect(denied).not.toHaveProperty('policy');
  });

  it('of a failed sign-in needs no person', async () => {
    await newWriter().authentication({
      activity: 'sign-in',
      actor: { ip: '192.0.2.66', person: { id: '', email: 'mallory@evil.test' }, session: '' },
      status: 'failure',
      reason: 'The state does not match.',
    });
    const [failed] = await records();
    expect(failed).toMatchObject({
      type: 'authentication',
      activity: 'sign-in',
      status: 'failure',
      ip: '192.0.2.66',
    });
    expect(failed).not.toHaveProperty('person');
    expect(failed).not.toHaveProperty('session');
  });

  it('of a change names the document and its content before and after', async () => {
    await newWriter().change({
      activity: 'update',
      actor: alice,
      document: { kind: 'Policy', id: 'engineers' },
      status: 'success',
      before: 'a'.repeat(64),
      after: 'b'.repeat(64),
    });
    const [change] = await records();
    expect(change).toMatchObject({
      type: 'change',
      kind: 'Policy',
      document: 'engineers',
      after: 'b'.repeat(64),
    });
  });

  it('takes 1 KB at most, whatever a client sends, and says what was cut', async () => {
    const long = '🛂'.repeat(2000);
    const actor = {
      ...alice,
      client: { id: long, name: long },
      userAgent: long,
      person: { id: 'p_a', email: long },
    };
    await newWriter().outcome(exchangeOf('x1', { actor, tool: `drop-${long}`, method: long }), success);
    const [record] = await records();
    expect(itemSize(record ?? {})).toBeLessThanOrEqual(1024);
    expect(record?.tool).toMatch(/^drop-(🛂)+…\[\+\d+\]$/u);
    expect(verifyChain(await records())).toMatchObject({ intact: true });
  });

  it('with text that is no valid Unicode is stored, and its hash still holds', async () => {
    await newWriter().outcome(exchangeOf('x1', { tool: 'lone \ud800 surrogate' }), success);
    expect(verifyChain(await records())).toMatchObject({ intact: true, last: 0 });
  });
});

describe('a payload', () => {
  const payload = { arguments: { name: 'Grace' }, answer: { content: [{ type: 'text', text: 'done' }] } };

  it('is kept apart, beside its outcome, which carries its hash', async () => {
    await newWriter().outcome(exchangeOf('with-payload'), success, payload);
    expect(network.operations).toEqual(['PutItem', 'PutItem']);
    const kept = await payloads.get({ pk: 'with-payload', sk: 'current' });
    expect(JSON.parse(gunzipSync(kept?.data as Uint8Array).toString())).toEqual(payload);
    const [outcome] = await records();
    expect(outcome?.payload).toBe(kept?.sha256);
    expect(JSON.stringify(outcome)).not.toContain('Grace');
  });

  it('that is too large for an item leaves its size and hash, and the record is not lost', async () => {
    const noise = Array.from({ length: 60_000 }, () => Math.random().toString(36)).join('');
    await newWriter().outcome(exchangeOf('large'), success, { arguments: {}, answer: noise });
    const kept = await payloads.get({ pk: 'large', sk: 'current' });
    expect(kept).toMatchObject({ tooLarge: true, bytes: expect.any(Number), sha256: expect.any(String) });
    expect(kept).not.toHaveProperty('data');
    expect((await records())[0]?.payload).toBe(kept?.sha256);
  });

  it('is sent again with its outcome when neither arrived, and the outcome is stored once', async () => {
    network.faults.push('lost-request', 'lost-request');
    await newWriter().outcome(exchangeOf('lost'), success, payload);
    expect(await payloads.get({ pk: 'lost', sk: 'current' })).toBeDefined();
    expect(await records()).toHaveLength(1);
  });
});

describe('when the network fails', () => {
  it('a write that was applied but not answered is not doubled, and the chain goes on', async () => {
    const writer = newWriter();
    network.faults.push('lost-answer', 'lost-answer');
    await writer.intent(exchangeOf('x1'));
    await writer.outcome(exchangeOf('x1'), success);
    const all = await records();
    expect(all).toHaveLength(2);
    expect(verifyChain(all)).toMatchObject({ intact: true, first: 0, last: 1 });
  });

  it('a write that never arrived is sent again', async () => {
    const writer = newWriter();
    network.faults.push('lost-request', 'lost-request');
    await writer.intent(exchangeOf('x1'));
    expect(await records()).toHaveLength(1);
  });

  it('for long, the caller is told and a new chain begins that names the place where the old one ends', async () => {
    const writer = newWriter();
    await writer.intent(exchangeOf('x1'));
    network.faults.push(...Array.from({ length: 20 }, () => 'lost-request' as const));
    await expect(writer.intent(exchangeOf('x2'))).rejects.toMatchObject({
      code: 'audit_unavailable',
      status: 503,
    });
    network.faults.length = 0;
    await writer.intent(exchangeOf('x3'));
    const chains = [...chainsOf(await records()).values()];
    expect(chains.map((items) => items.map(({ exchange, seq }) => [exchange, seq]))).toEqual([
      [['x1', 0]],
      [['x3', 0]],
    ]);
    expect(chains[1]?.[0]?.follows).toBe(`${String(chains[0]?.[0]?.chain)}#1`);
    for (const items of chains) expect(verifyChain(items)).toMatchObject({ intact: true });
  });

  it('a write whose answers are all lost is there once, and reported as not known to be', async () => {
    const writer = newWriter();
    network.faults.push(...Array.from({ length: 20 }, () => 'lost-answer' as const));
    await expect(writer.intent(exchangeOf('x1'))).rejects.toMatchObject({ code: 'audit_unavailable' });
    await expect(writer.intent(exchangeOf('x2'))).rejects.toMatchObject({ code: 'audit_unavailable' });
    network.faults.length = 0;
    await writer.intent(exchangeOf('x3'));
    const all = await records();
    expect(all.map(({ exchange }) => exchange)).toEqual(['x1', 'x2', 'x3']);
    for (const items of chainsOf(all).values()) expect(verifyChain(items)).toMatchObject({ intact: true });
  });

  it('for one of several writes at once, the others are kept and the gap shows', async () => {
    const writer = newWriter();
    await writer.intent(exchangeOf('x0'));
    network.faults.push('collision');
    const results = await Promise.allSettled(['x1', 'x2', 'x3'].map((id) => writer.intent(exchangeOf(id))));
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await writer.intent(exchangeOf('x4'));
    const all = await records();
    expect(all).toHaveLength(4);
    const [old, renewed] = [...chainsOf(all).values()];
    const report = verifyChain(old ?? []);
    // Which of the three met the fault is up to the network; lost at the end, it leaves no gap.
    const lost = report.intact ? report.last + 1 : report.seq;
    expect(renewed?.[0]?.follows).toBe(`${String(old?.[0]?.chain)}#${lost}`);
  });

  it('an item that stands where the record belongs is never replaced', async () => {
    const writer = newWriter();
    network.faults.push('collision');
    await expect(writer.intent(exchangeOf('x1'))).rejects.toMatchObject({ code: 'audit_unavailable' });
    expect(network.operations).toEqual(['PutItem']);
  });
});

describe('several execution environments at once', () => {
  it('each keep a chain of their own, whole and in the order of the calls', async () => {
    const writers = Array.from({ length: 5 }, newWriter);
    const calls = writers.flatMap((writer, w) =>
      Array.from({ length: 20 }, (_, n) => ({ writer, exchange: exchangeOf(`w${w}-${n}`) })),
    );
    await Promise.all(
      calls.map(({ writer, exchange }, n) =>
        n % 3 === 0
          ? writer.outcome(exchange, success, { arguments: n, answer: n })
          : n % 3 === 1
            ? writer.outcome(exchange, success)
            : writer.intent(exchange),
      ),
    );
    const chains = chainsOf(await records());
    expect(chains.size).toBe(5);
    for (const items of chains.values()) {
      expect(verifyChain(items)).toMatchObject({ intact: true, first: 0, last: 19 });
      const [first] = items;
      const writer = String(first?.exchange).split('-')[0];
      const byTime = items.map(({ exchange }) => exchange);
      const bySeq = items.toSorted((a, b) => Number(a.seq) - Number(b.seq)).map(({ exchange }) => exchange);
      expect(byTime).toEqual(bySeq);
      expect(new Set(bySeq.map((exchange) => String(exchange).split('-')[0]))).toEqual(new Set([writer]));
    }
  });
});
