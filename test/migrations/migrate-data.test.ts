import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { readDataState } from '../../lambdas/migrations/data-version.ts';
import { type DataMigration, migrateData } from '../../lambdas/migrations/migrate-data.ts';
import type { Migration } from '../../lambdas/migrations/migration.ts';
import { logger } from '../../lambdas/shared/logger.ts';
import { type Item, Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';

const KEY = { pk: 'DataVersion', sk: 'current' };
const NAMES = ['ann', 'bo', 'cy', 'di', 'ed'];

let store: TestStore;
let policies: Table;
let now = 0;
/** The items that a step was at, in the order of the steps. */
let visited: string[] = [];

beforeAll(async () => {
  store = await startTestStore();
  policies = new Table(store.tableName('policies'));
});
afterAll(() => store.close());
beforeEach(async () => {
  await policies.delete(KEY);
  for (const name of NAMES) await policies.put({ pk: `Person#${name}`, sk: 'current', kind: 'Person' });
  visited = [];
  now = Date.parse('2026-03-01T12:00:00Z');
});

/** Gives every person, one a step, the next greeting on condition that they have the one before. */
const greeting = (name: string, before: string | undefined, after: string): Migration => ({
  name,
  async step(_stores, cursor) {
    const partition = { attribute: 'kind', value: 'Person' };
    const from = cursor === undefined ? {} : { after: { pk: cursor, sk: 'current', kind: 'Person' } };
    const page = await policies.query({ index: 'by-kind', partition, limit: 1, ...from });
    const [person] = page.items;
    if (!person) return undefined;
    visited.push(person.pk);
    await policies.update(
      { pk: person.pk, sk: 'current' },
      {
        expression: 'SET greeting = :after',
        values: { ':after': after, ...(before === undefined ? {} : { ':before': before }) },
      },
      before === undefined ? 'attribute_not_exists(greeting)' : 'greeting = :before',
    );
    return page.next && person.pk;
  },
});
const first = greeting('0001-greet', undefined, 'hello');
const second = greeting('0002-greet-well', 'hello', 'good day');

const migration = (
  migrations: readonly Migration[],
  options: Partial<DataMigration> = {},
): DataMigration => ({
  stores: { policies, catalog: policies, bucket: 'none' },
  migrations,
  now: () => now,
  hasTime: () => true,
  ...options,
});
const run = (...migrations: Migration[]) => migrateData(migration(migrations));
const version = async () => (await readDataState(policies))?.version;
const greetings = async () => {
  const items = await Promise.all(NAMES.map((name) => policies.get({ pk: `Person#${name}`, sk: 'current' })));
  return [...new Set(items.map((item) => item?.greeting))];
};
const MINUTE = 60_000;

describe('the data of a deployment that was never migrated', () => {
  it('goes through all migrations in their order at once', async () => {
    await run(first, second);
    expect(await greetings()).toEqual(['good day']);
    expect(await version()).toBe(2);
    expect(visited).toHaveLength(10);
  });

  it('costs one read once it is at the version of the code', async () => {
    await run(first);
    const before = await policies.get(KEY);
    const reads = jest.spyOn(policies, 'get');
    const [writes, queries] = [jest.spyOn(policies, 'put'), jest.spyOn(policies, 'query')];
    await run(first);
    expect([reads, writes, queries].map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0]);
    jest.restoreAllMocks();
    expect(await policies.get(KEY)).toEqual(before);
  });
});

describe('a migration that does not come to its end', () => {
  it('goes on from its cursor when its time was up', async () => {
    for (const steps of [2, 2, 2]) {
      let left = steps;
      await migrateData(migration([first], { hasTime: () => left-- > 0 }));
    }
    expect(visited).toEqual(NAMES.map((name) => `Person#${name}`));
    expect(await version()).toBe(1);
  });

  it.each(['before', 'after'] as const)('does the step once more that crashed %s its write', async (when) => {
    let steps = 0;
    const crashing: Migration = {
      name: '0001-greet',
      async step(stores, cursor) {
        const crash = ++steps === 3;
        if (crash && when === 'before') throw new Error('crashed');
        const next = await first.step(stores, cursor);
        if (crash) throw new Error('crashed');
        return next;
      },
    };
    await expect(run(crashing)).rejects.toThrow('crashed');
    expect(await version()).toBe(0);
    await run(crashing);
    expect(await greetings()).toEqual(['hello']);
    const twice = when === 'after' ? ['Person#cy'] : [];
    expect(visited).toEqual(['Person#ann', 'Person#bo', ...twice, 'Person#cy', 'Person#di', 'Person#ed']);
    expect(await version()).toBe(1);
  });

  it('is finished by one when several run at once', async () => {
    await Promise.all(Array.from({ length: 4 }, () => run(first, second)));
    await run(first, second);
    expect(await greetings()).toEqual(['good day']);
    expect(await version()).toBe(2);
  });

  it('is left to another run that has gone on meanwhile, which it does not set back', async () => {
    const slow: Migration = {
      name: '0001-greet',
      async step(stores, cursor) {
        if (visited.length === 0) await run(first);
        return first.step(stores, cursor);
      },
    };
    await run(slow);
    expect(await readDataState(policies)).toMatchObject({ version: 1 });
    expect(await readDataState(policies)).not.toHaveProperty('cursor');
  });
});

describe('a new release', () => {
  beforeEach(() => run(first));

  it('leaves the data alone until the one before cannot come back, then migrates it', async () => {
    await run(first, second);
    now += 14 * MINUTE;
    await run(first, second);
    expect(await version()).toBe(1);
    now += MINUTE;
    await run(first, second);
    expect(await version()).toBe(2);
    expect(await greetings()).toEqual(['good day']);
  });

  it('waits anew for each version that is to come', async () => {
    const third = greeting('0003-greet-better', 'good day', 'how do you do');
    await run(first, second);
    now += 15 * MINUTE;
    await run(first, second, third);
    expect(await version()).toBe(1);
    now += 15 * MINUTE;
    await run(first, second, third);
    expect(await version()).toBe(3);
  });
});

describe('code that is older than the data', () => {
  it('touches nothing and says so as an error', async () => {
    await run(first, second);
    const before: (Item | undefined)[] = [await policies.get(KEY)];
    const errors = jest.spyOn(logger, 'error').mockImplementation(() => undefined);
    visited = [];
    await run(first);
    expect(errors.mock.calls).toEqual([
      [expect.stringContaining('later version'), { found: 2, expected: 1 }],
    ]);
    errors.mockRestore();
    expect(visited).toEqual([]);
    expect([await policies.get(KEY)]).toEqual(before);
  });
});
