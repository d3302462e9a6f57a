import {
  DescribeTimeToLiveCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everythingAllowed } from '../../../local/iam/authorizer.ts';
import { type RunningStore, startStore } from '../../../local/store/start-store.ts';
import { clientAs, definition } from './client.ts';

const YEAR = 365 * 24 * 3600;
const NOW = 2_000_000_000;
let store: RunningStore;
let client: DynamoDBClient;
beforeAll(async () => {
  const tables = [definition('expiring', { expires: true }), definition('lasting')];
  store = await startStore({ port: 0, tables, authorize: everythingAllowed });
  client = clientAs('administrator', store.endpoint);
});
afterAll(() => store.close());

const keyOf = (pk: string) => ({ pk: { S: pk }, sk: { S: 'current' } });
const put = (TableName: string, pk: string, ttl?: object) =>
  client.send(new PutItemCommand({ TableName, Item: { ...keyOf(pk), ...(ttl ? { ttl } : {}) } as never }));
const exists = async (TableName: string, pk: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: keyOf(pk) }))).Item !== undefined;
const isDescribedAs = async (TableName: string) =>
  (await client.send(new DescribeTimeToLiveCommand({ TableName }))).TimeToLiveDescription;

describe('time to live', () => {
  it('lets expired items be read until they are swept, and deletes no others', async () => {
    await put('expiring', 'expired', { N: String(NOW - 1) });
    await put('expiring', 'alive', { N: String(NOW + 1) });
    await put('expiring', 'without');
    await put('expiring', 'text', { S: String(NOW - 1) });
    await put('expiring', 'long ago', { N: String(NOW - 6 * YEAR) });
    await put('lasting', 'expired', { N: String(NOW - 1) });
    expect(await exists('expiring', 'expired')).toBe(true);

    await store.sweep(NOW);
    expect(await exists('expiring', 'expired')).toBe(false);
    expect(await exists('lasting', 'expired')).toBe(true);
    for (const pk of ['alive', 'without', 'text', 'long ago'])
      expect(await exists('expiring', pk)).toBe(true);
  });

  it('is described, and can be switched on and off', async () => {
    expect(await isDescribedAs('expiring')).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    const TimeToLiveSpecification = { AttributeName: 'ttl', Enabled: true };
    const change = (Enabled: boolean) =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: 'lasting',
          TimeToLiveSpecification: { ...TimeToLiveSpecification, Enabled },
        }),
      );
    await change(true);
    expect(await isDescribedAs('lasting')).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' });
    await expect(change(true)).rejects.toThrow(/already enabled/);
    await change(false);
    expect(await isDescribedAs('lasting')).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });
});
