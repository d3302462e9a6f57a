import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../lambdas/audit/record.ts';
import { sweepIntents } from '../../lambdas/audit/sweep.ts';
import { SweepCheckpoint } from '../../lambdas/audit/sweep-checkpoint.ts';
import { verifyChain } from '../../lambdas/audit/verify-chain.ts';
import { createAuditWriter } from '../../lambdas/audit/writer.ts';
import { type Item, type QueryOptions, Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';
import { alice, chainsOf, exchangeOf, readAll, success } from './records.ts';

/** An audit table that counts what is read of it, and can stop answering. */
class CountedTable extends Table {
  reads = 0;
  readsLeft = Number.POSITIVE_INFINITY;
  readonly timesRead = new Map<string, number>();

  override async query(options: QueryOptions) {
    this.reads++;
    if (this.readsLeft-- <= 0) throw new Error('the function ended');
    const page = await super.query(options);
    for (const { sk } of page.items) this.timesRead.set(sk, (this.timesRead.get(sk) ?? 0) + 1);
    return page;
  }
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let store: TestStore;
let policies: Table;
let audit: CountedTable;
/** Each test has days of its own, far from those of the others. */
let start = Date.parse('2026-03-01T23:50:00Z');
let now: number;
beforeAll(async () => {
  store = await startTestStore();
  policies = new Table(store.tableName('policies'));
});
afterAll(() => store.close());
beforeEach(async () => {
  start += 100 * DAY;
  now = start;
  audit = new CountedTable(store.tableName('audit'));
  await policies.delete({ pk: 'Work#sweep-intents', sk: 'checkpoint' });
});

const newWriter = () =>
  createAuditWriter({
    audit: audit.name,
    payloads: store.tableName('payloads'),
    retentionDays: 30,
    now: () => now,
  });
const sweepWith = (more: Partial<Parameters<typeof sweepIntents>[0]> = {}) =>
  sweepIntents({
    audit,
    writer: newWriter(),
    checkpoint: new SweepCheckpoint(policies),
    retentionDays: 1,
    now: () => now,
    hasTime: () => true,
    ...more,
  });
/** A sweep after so many minutes. */
async function sweepAfter(minutes: number): Promise<void> {
  now += minutes * MINUTE;
  await sweepWith();
}

async function records(): Promise<Item[]> {
  const days = [-1, 0, 1, 2].map((day) => new Date(start + day * DAY).toISOString().slice(0, 10));
  return readAll(new Table(audit.name), ...days);
}
const unknowns = async () => (await records()).filter(({ status }) => status === 'unknown');
const exchanges = (items: readonly Item[]) => items.map(({ exchange }) => String(exchange)).sort();

const change: Change = {
  exchange: 'c1',
  activity: 'update',
  actor: alice,
  document: { kind: 'Server', id: 'hr' },
  status: 'intent',
  before: 'hash-before',
  after: 'hash-after',
};

describe('an intent without an outcome', () => {
  it('of a call gets one that says that it is unknown, and what to check', async () => {
    await newWriter().intent(exchangeOf('x1'));
    await sweepAfter(16);
    const [outcome, ...others] = await unknowns();
    expect(others).toEqual([]);
    expect(outcome).toMatchObject({
      type: 'outcome',
      exchange: 'x1',
      status: 'unknown',
      person: 'p_alice',
      email: 'alice@example.com',
      session: 'session-of-alice',
      client: 'client-1',
      ip: '192.0.2.10',
      portal: 'main',
      method: 'tools/call',
      server: 'hr',
      tool: 'update-employee',
      allowed: true,
      policy: 'engineers',
      reason: expect.stringMatching(/Not known whether it was done.*Check at the server/),
    });
    // Nobody measured anything.
    expect(outcome).not.toHaveProperty('totalMs');
    expect(outcome).not.toHaveProperty('resBytes');
  });

  it('of a change of configuration gets one too', async () => {
    await newWriter().change(change);
    await sweepAfter(16);
    expect(await unknowns()).toMatchObject([
      {
        type: 'change',
        exchange: 'c1',
        activity: 'update',
        kind: 'Server',
        document: 'hr',
        before: 'hash-before',
        after: 'hash-after',
        person: 'p_alice',
        reason: expect.stringMatching(/Not known whether it was done.*versions/),
      },
    ]);
  });

  it('of a service token stays that of the service token', async () => {
    const actor = { service: { id: 'nightly', title: 'Nightly job' }, client: { id: 'service-nightly' } };
    await newWriter().intent(exchangeOf('x1', { actor }));
    await sweepAfter(16);
    const [outcome] = await unknowns();
    expect(outcome).toMatchObject({
      service: 'nightly',
      serviceTitle: 'Nightly job',
      client: 'service-nightly',
    });
    expect(outcome).not.toHaveProperty('person');
  });

  it('is left alone until it is 15 minutes old', async () => {
    await newWriter().intent(exchangeOf('x1'));
    await sweepAfter(14.9);
    expect(await unknowns()).toEqual([]);
    await sweepAfter(0.2);
    expect(exchanges(await unknowns())).toEqual(['x1']);
  });

  it('is told from those that have one, whichever chain and day the outcome is in', async () => {
    const outcomes = Array.from({ length: 8 }, newWriter);
    const intents = newWriter();
    for (const [n, writer] of outcomes.entries()) {
      await intents.intent(exchangeOf(`call-${n}`));
      now += 2 * MINUTE;
      if (n !== 3) await writer.outcome(exchangeOf(`call-${n}`), success);
    }
    await intents.change(change);
    await intents.change({ ...change, status: 'failure' });
    await intents.change({ ...change, exchange: 'c2' });
    await sweepAfter(16);
    expect(exchanges(await unknowns())).toEqual(['c2', 'call-3']);
  });

  it('is closed by an outcome that comes after a sweep has read the intent', async () => {
    const writer = newWriter();
    await writer.intent(exchangeOf('x1'));
    await sweepAfter(5);
    await writer.outcome(exchangeOf('x1'), success);
    for (let sweeps = 0; sweeps < 6; sweeps++) await sweepAfter(5);
    expect(await unknowns()).toEqual([]);
  });
});

describe('the sweep', () => {
  const intents = async (count: number, everyMs = 1000) => {
    const writer = newWriter();
    for (let n = 0; n < count; n++) {
      await writer.intent(exchangeOf(`x${n}`));
      now += everyMs;
    }
  };

  it('writes nothing twice, however often it runs', async () => {
    await intents(20);
    await sweepAfter(16);
    const after = await records();
    for (let sweeps = 0; sweeps < 10; sweeps++) await sweepAfter(5);
    expect(await records()).toEqual(after);
    expect(after).toHaveLength(40);
  });

  it('writes nothing twice when two run at once', async () => {
    await intents(20);
    now += 16 * MINUTE;
    await Promise.all([sweepWith(), sweepWith(), sweepWith()]);
    for (let sweeps = 0; sweeps < 6; sweeps++) await sweepAfter(5);
    expect(exchanges(await unknowns())).toHaveLength(20);
  });

  it('writes records that stand in a chain', async () => {
    await intents(12);
    await sweepAfter(16);
    const [chain = []] = [...chainsOf(await records()).values()].filter((items) =>
      items.some(({ status }) => status === 'unknown'),
    );
    expect(chain).toHaveLength(12);
    expect(verifyChain(chain)).toMatchObject({ intact: true });
  });

  it('reads each record a few times at most, over all its runs', async () => {
    await intents(30, 40 * 1000);
    for (let sweeps = 0; sweeps < 12; sweeps++) await sweepAfter(5);
    expect(await unknowns()).toHaveLength(30);
    // Once on the way, and once more to take over what an overdue intent says.
    expect(Math.max(...audit.timesRead.values())).toBeLessThanOrEqual(2);
    const before = audit.reads;
    await sweepAfter(5);
    expect(audit.reads - before).toBeLessThanOrEqual(8);
  });

  it('goes on from its checkpoint when its time is over', async () => {
    await intents(10, 5 * MINUTE);
    now += 40 * DAY;
    let runs = 0;
    let position = '';
    do {
      runs++;
      await sweepWith({ retentionDays: 60, hasTime: () => false });
      const item = await policies.get({ pk: 'Work#sweep-intents', sk: 'checkpoint' });
      expect(String(item?.position) > position).toBe(true);
      position = String(item?.position);
    } while (position < new Date(now - 3 * MINUTE).toISOString());
    expect(runs).toBeGreaterThan(2);
    expect(exchanges(await unknowns())).toEqual([]);
    const swept = await readAll(new Table(audit.name), new Date(now).toISOString().slice(0, 10));
    expect(exchanges(swept)).toEqual(Array.from({ length: 10 }, (_, n) => `x${n}`));
  });

  it('loses and doubles nothing when it ends half way, wherever that is', async () => {
    await intents(6);
    now += 16 * MINUTE;
    for (let reads = 0; reads < 24; reads++) {
      audit.readsLeft = reads;
      await sweepWith().catch(() => {});
      now += 3 * MINUTE;
    }
    audit.readsLeft = Number.POSITIVE_INFINITY;
    for (let sweeps = 0; sweeps < 8; sweeps++) await sweepAfter(5);
    expect(exchanges(await unknowns())).toEqual(['x0', 'x1', 'x2', 'x3', 'x4', 'x5']);
  });

  it.each([
    ['', 2000],
    [' that holds fewer intents than are open', 4],
  ])(
    'loses and doubles nothing when it ends after writing, before its checkpoint%s',
    async (_name, mostKept) => {
      await intents(6);
      now += 16 * MINUTE;
      const checkpoint = new SweepCheckpoint(policies, mostKept);
      const save = checkpoint.save.bind(checkpoint);
      let saves = 0;
      checkpoint.save = async (progress) => {
        if (++saves === 2) throw new Error('the function ended');
        return save(progress);
      };
      await expect(sweepWith({ checkpoint })).rejects.toThrow('the function ended');
      expect((await unknowns()).length).toBeGreaterThan(0);
      for (const minutes of [1, 5, 5, 5, 5]) await sweepAfter(minutes);
      expect(exchanges(await unknowns())).toEqual(['x0', 'x1', 'x2', 'x3', 'x4', 'x5']);
    },
  );

  it('fails when outcomes could not be recorded, and records them later', async () => {
    await intents(4);
    now += 16 * MINUTE;
    const writer = newWriter();
    let left = 2;
    const failing = {
      ...writer,
      outcome: (...parameters: Parameters<typeof writer.outcome>) =>
        left-- > 0 ? writer.outcome(...parameters) : Promise.reject(new Error('no store')),
    };
    await expect(sweepWith({ writer: failing })).rejects.toThrow('2 outcomes could not be recorded');
    expect(await unknowns()).toHaveLength(2);
    for (let sweeps = 0; sweeps < 4; sweeps++) await sweepAfter(5);
    expect(exchanges(await unknowns())).toEqual(['x0', 'x1', 'x2', 'x3']);
  });

  it('writes nothing twice and misses nothing when more calls are under way than its checkpoint holds', async () => {
    const checkpoint = () => new SweepCheckpoint(policies, 4);
    const writer = newWriter();
    await intents(20, 10 * 1000);
    await writer.outcome(exchangeOf('x7'), success);
    for (let sweeps = 0; sweeps < 12; sweeps++) {
      await sweepWith({ checkpoint: checkpoint(), hasTime: () => sweeps % 2 === 0 });
      now += 3 * MINUTE;
    }
    const all = Array.from({ length: 20 }, (_, n) => `x${n}`).filter((name) => name !== 'x7');
    expect(exchanges(await unknowns())).toEqual(all.sort());
    expect((await checkpoint().load())?.open.size).toBe(0);
  });
});
