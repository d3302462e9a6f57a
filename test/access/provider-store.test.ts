import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { itemKey } from '../../lambdas/access/item-key.ts';
import { nowSeconds } from '../../lambdas/access/lifetimes.ts';
import { JustUsed, ProviderStore } from '../../lambdas/access/provider-store.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';

let store: TestStore;
let identity: Table;
beforeAll(async () => {
  store = await startTestStore();
  identity = new Table(store.tableName('identity'));
});
afterAll(() => store.close());

const of = (model: string) => new ProviderStore(model, identity);
const setTtl = (model: string, id: string, ttl: number) =>
  identity.update(itemKey(model, id), {
    expression: 'SET #ttl = :ttl',
    names: { '#ttl': 'ttl' },
    values: { ':ttl': ttl },
  });

describe('the provider’s store', () => {
  it('returns what was stored, by id and by pointer', async () => {
    await of('Session').upsert('cookie-1', { jti: 'cookie-1', uid: 'uid-1', accountId: 'p_1' }, 60);
    const session = { jti: 'cookie-1', uid: 'uid-1', accountId: 'p_1' };
    expect(await of('Session').find('cookie-1')).toEqual(session);
    expect(await of('Session').findByUid('uid-1')).toEqual(session);
    expect(await of('Session').findByUid('cookie-1')).toBeUndefined();
    await of('DeviceCode').upsert('d-1', { jti: 'd-1', userCode: 'ABCD' }, 60);
    expect(await of('DeviceCode').findByUserCode('ABCD')).toMatchObject({ jti: 'd-1' });
  });

  it('follows a session whose cookie changed, and forgets the old one', async () => {
    await of('Session').upsert('cookie-2', { jti: 'cookie-2', uid: 'uid-2' }, 60);
    await of('Session').destroy('cookie-2');
    await of('Session').upsert('cookie-3', { jti: 'cookie-3', uid: 'uid-2' }, 60);
    expect(await of('Session').findByUid('uid-2')).toMatchObject({ jti: 'cookie-3' });
    expect(await of('Session').find('cookie-2')).toBeUndefined();
    await of('Session').destroy('cookie-3');
    expect(await of('Session').findByUid('uid-2')).toBeUndefined();
  });

  it('holds an item past its time for absent before the table has removed it', async () => {
    await of('RefreshToken').upsert('r-1', { jti: 'r-1' }, 60);
    await setTtl('RefreshToken', 'r-1', nowSeconds() - 1);
    expect(await of('RefreshToken').find('r-1')).toBeUndefined();
    expect(await identity.get(itemKey('RefreshToken', 'r-1'))).toBeDefined();
  });

  it('lets exactly one of many consume', async () => {
    await of('RefreshToken').upsert('r-2', { jti: 'r-2' }, 60);
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, () => of('RefreshToken').consume('r-2')),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(JustUsed);
    expect(await of('RefreshToken').find('r-2')).toMatchObject({ consumed: expect.any(Number) });
  });

  it('lets nothing be consumed that is not there', async () => {
    await expect(of('RefreshToken').consume('unknown')).rejects.toBeInstanceOf(JustUsed);
  });

  it('accepts a one-time id once until it has expired', async () => {
    const replay = of('ReplayDetection');
    const results = await Promise.allSettled([1, 2, 3].map(() => replay.upsert('id', { jti: 'id' }, 60)));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await setTtl('ReplayDetection', 'id', nowSeconds() - 1);
    await replay.upsert('id', { jti: 'id' }, 60);
  });

  it('remembers a one-time id for as long as a proof from the future is good', async () => {
    const before = nowSeconds();
    await of('ReplayDetection').upsert('future', { jti: 'future' }, 300);
    const item = await identity.get(itemKey('ReplayDetection', 'future'));
    expect(item?.ttl).toBeGreaterThanOrEqual(before + 600);
  });

  it('clears away what one grant issued and nothing else', async () => {
    for (const [id, grantId] of [
      ['t-1', 'g-1'],
      ['t-2', 'g-1'],
      ['t-3', 'g-2'],
    ] as const)
      await of('RefreshToken').upsert(id, { jti: id, grantId }, 60);
    await of('AuthorizationCode').upsert('t-4', { jti: 't-4', grantId: 'g-1' }, 60);
    await of('RefreshToken').revokeByGrantId('g-1');
    expect(await of('RefreshToken').find('t-1')).toBeUndefined();
    expect(await of('RefreshToken').find('t-2')).toBeUndefined();
    expect(await of('RefreshToken').find('t-3')).toBeDefined();
    expect(await of('AuthorizationCode').find('t-4')).toBeDefined();
  });
});
