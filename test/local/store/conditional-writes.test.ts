import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Table } from '../../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../../fixtures/store.ts';

let store: TestStore;
let identity: Table;
beforeAll(async () => {
  store = await startTestStore();
  identity = new Table(store.tableName('identity'));
});
afterAll(() => store.close());

describe('conditional writes', () => {
  it('lets exactly one of many parallel creators of an item win', async () => {
    const wins = await Promise.all(
      Array.from({ length: 20 }, (_, number) => identity.putNew({ pk: 'Code#one', sk: 'current', number })),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
    expect((await identity.get({ pk: 'Code#one', sk: 'current' }))?.number).toBe(wins.indexOf(true));
  });

  it('lets exactly one of many parallel consumers of an item win', async () => {
    await identity.put({ pk: 'Code#two', sk: 'current' });
    const wins = await Promise.all(
      Array.from({ length: 20 }, () =>
        identity.update(
          { pk: 'Code#two', sk: 'current' },
          { expression: 'SET consumedAt = :now', values: { ':now': 1 } },
          'attribute_exists(pk) AND attribute_not_exists(consumedAt)',
        ),
      ),
    );
    expect(wins.filter(Boolean)).toHaveLength(1);
  });
});
