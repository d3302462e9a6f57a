import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auditItem } from '../../lambdas/audit/audit-item.ts';
import { type AuditFilter, type AuditItem, listAudit } from '../../lambdas/audit/query.ts';
import { createAuditWriter } from '../../lambdas/audit/writer.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';
import { alice, exchangeOf, success } from './records.ts';

const DAY = 86_400_000;
const bob = { ...alice, person: { id: 'p_bob', email: 'Bob@Example.com' }, session: 'session-of-bob' };
const RECORDS = 60;

let store: TestStore;
let audit: Table;
/** Records spread over the last days: the n-th is n times 2 h 24 min old. */
const ageOf = (n: number) => n * (DAY / 10);
const started = Date.now();
/** Before the oldest of them. */
const since = new Date(started - ageOf(RECORDS));

/** Ten execution environments, so that every shard has records. */
async function writeRecords(): Promise<void> {
  let now = started;
  const tables = { audit: audit.name, payloads: store.tableName('payloads') };
  const writers = Array.from({ length: 10 }, () =>
    createAuditWriter({ ...tables, retentionDays: 30, now: () => now }),
  );
  for (let n = RECORDS - 1; n >= 0; n--) {
    now = started - ageOf(n);
    const actor = n % 3 === 0 ? bob : alice;
    const tool = n % 2 === 0 ? 'look' : 'write';
    await writers[n % 10]?.outcome(exchangeOf(`x${n}`, { actor, tool }), success);
  }
}

beforeAll(async () => {
  store = await startTestStore();
  audit = new Table(store.tableName('audit'));
  await writeRecords();
});
afterAll(() => store.close());

const exchanges = (items: readonly AuditItem[]) => items.map(({ exchange }) => exchange);
const numbered = (matches: (n: number) => boolean) =>
  Array.from({ length: RECORDS }, (_, n) => n)
    .filter(matches)
    .map((n) => `x${n}`);

async function pages(filter: AuditFilter, table = audit): Promise<AuditItem[][]> {
  const all: AuditItem[][] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof listAudit>> = await listAudit(
      table,
      after ? { ...filter, after } : filter,
    );
    all.push(page.items);
    after = page.next;
  } while (after !== null);
  return all;
}

/** Counts what a page costs. */
class CountingTable extends Table {
  reads = 0;
  override async query(...[options]: Parameters<Table['query']>) {
    this.reads++;
    return super.query(options);
  }
}

describe('the audit list', () => {
  it('is newest first, over all days and shards', async () => {
    const { items, next } = await listAudit(audit, { limit: 500, since });
    expect(exchanges(items)).toEqual(numbered(() => true));
    expect(next).toBeNull();
  });

  it.each([7, 60])('comes whole and in order in pages of %i', async (limit) => {
    const all = await pages({ limit, since });
    expect(exchanges(all.flat())).toEqual(numbered(() => true));
    expect(all.every((page) => page.length <= limit)).toBe(true);
  });

  it('goes on where it was when new records have come meanwhile', async () => {
    const first = await listAudit(audit, { limit: 5 });
    const writer = createAuditWriter({
      audit: audit.name,
      payloads: store.tableName('payloads'),
      retentionDays: 30,
      now: () => started + 1,
    });
    await writer.authentication({
      activity: 'sign-in',
      actor: { ip: '192.0.2.1' },
      status: 'failure',
      reason: 'No.',
    });
    const second = await listAudit(audit, { limit: 5, after: String(first.next) });
    expect(exchanges(second.items)).toEqual(['x5', 'x6', 'x7', 'x8', 'x9']);
    const [newest] = (await listAudit(audit, { limit: 1 })).items;
    expect(newest).toMatchObject({
      type: 'authentication',
      status: 'failure',
      reason: 'No.',
      ip: '192.0.2.1',
    });
    await audit.delete(await keyOf(newest));
  });

  it.each<[string, Omit<AuditFilter, 'limit'>, (n: number) => boolean]>([
    ['tool', { tool: 'write' }, (n) => n % 2 === 1],
    ['e-mail, whatever its case', { person: 'bob@EXAMPLE.com' }, (n) => n % 3 === 0],
    ['person id', { person: 'p_bob' }, (n) => n % 3 === 0],
    ['person and tool', { person: 'p_bob', tool: 'look' }, (n) => n % 6 === 0],
    ['e-mail and tool', { person: 'bob@example.com', tool: 'look' }, (n) => n % 6 === 0],
    ['time', { since: new Date(started - ageOf(13)) }, (n) => n <= 13],
    [
      'time and person',
      { since: new Date(started - ageOf(13)), person: 'p_bob' },
      (n) => n <= 13 && n % 3 === 0,
    ],
    ['a tool that nobody called', { tool: 'nothing' }, () => false],
    ['a person who was never here', { person: 'p_nobody' }, () => false],
    ['part of an e-mail', { person: 'ob@example.com' }, () => false],
  ])('is filtered by %s', async (_, filter, matches) => {
    expect(exchanges((await pages({ since, limit: 4, ...filter })).flat())).toEqual(numbered(matches));
  });

  it('is empty for a time to come', async () => {
    expect(await listAudit(audit, { since: new Date(Date.now() + DAY), limit: 10 })).toEqual({
      items: [],
      next: null,
    });
  });

  it('costs a bounded number of reads per page, however far back it looks', async () => {
    const counting = new CountingTable(audit.name);
    const longAgo = new Date(Date.now() - 45 * DAY);
    const first = await listAudit(counting, { since: longAgo, tool: 'nothing', limit: 10 });
    expect(first.items).toEqual([]);
    expect(first.next).not.toBeNull();
    expect(counting.reads).toBeLessThanOrEqual(160);
    const oldest = await pages({ since: longAgo, limit: 500 }, counting);
    expect(exchanges(oldest.flat())).toEqual(numbered(() => true));
  });

  it.each([
    '',
    'nonsense',
    Buffer.from('2026-01-01').toString('base64url'),
    Buffer.from('x#y').toString('base64url'),
  ])('refuses the cursor %j', async (after) => {
    await expect(listAudit(audit, { limit: 1, after })).rejects.toMatchObject({
      code: 'invalid_cursor',
      status: 400,
      at: 'after',
    });
  });

  it('does not walk through days to come, whatever the cursor says', async () => {
    const counting = new CountingTable(audit.name);
    const after = Buffer.from('9000-01-01T00:00:00.000Z#').toString('base64url');
    const { items } = await listAudit(counting, { limit: 1, after });
    expect(exchanges(items)).toEqual(['x0']);
    expect(counting.reads).toBeLessThanOrEqual(8);
  });
});

async function keyOf(item: AuditItem | undefined) {
  const sk = `${item?.time}#${item?.id}`;
  for (let shard = 0; ; shard++) {
    const key = { pk: `${item?.time.slice(0, 10)}#${shard}`, sk };
    if (await audit.get(key)) return key;
  }
}

describe('a listed record', () => {
  it('has the documented shape', async () => {
    const [item] = (await listAudit(audit, { limit: 1 })).items;
    expect(auditItem.strict().parse(item)).toEqual({
      id: expect.any(String),
      time: new Date(started).toISOString(),
      type: 'outcome',
      exchange: 'x0',
      person: { id: 'p_bob', email: 'Bob@Example.com' },
      session: 'session-of-bob',
      client: { id: 'client-1', name: 'An MCP client' },
      ip: '192.0.2.10',
      userAgent: 'client/1.0',
      portal: 'main',
      method: 'tools/call',
      server: 'hr',
      tool: 'look',
      decision: {
        allowed: true,
        level: 'server',
        policy: 'engineers',
        reason: 'Allowed by the server policy "engineers".',
      },
      status: 'success',
      timings: { totalMs: 12.3, upstreamMs: 7.1 },
      bytes: { request: 120, response: 4000 },
      chain: expect.any(String),
      seq: 5,
    });
  });

  it('that is not as the writer wrote it is shown as unreadable, not hidden', async () => {
    const time = new Date(started + 5).toISOString();
    const key = { pk: `${time.slice(0, 10)}#0`, sk: `${time}#forged` };
    await audit.put({ ...key, type: 'outcome', chain: 7 });
    const [item] = (await listAudit(audit, { limit: 1 })).items;
    expect(item).toEqual({ id: 'forged', time, type: 'unreadable' });
    await audit.delete(key);
  });
});
