import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  type TransactWriteItemsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestTables, type TestTables } from '../../fixtures/store.ts';
import { clientAs, definition } from './client.ts';

const TableName = 'accounts';
let store: TestTables;
let client: DynamoDBClient;
beforeAll(async () => {
  store = await startTestTables([definition(TableName, { indexes: ['owner'] })]);
  client = clientAs(store.principal, store.endpoint);
});
afterAll(() => store.close());

type Items = NonNullable<TransactWriteItemsCommandInput['TransactItems']>;
const keyOf = (name: string) => ({ pk: { S: name }, sk: { S: 'current' } });
const put = (name: string, balance: number, owner = 'nobody') =>
  client.send(
    new PutItemCommand({
      TableName,
      Item: { ...keyOf(name), balance: { N: String(balance) }, owner: { S: owner } },
    }),
  );
const balanceOf = async (name: string) =>
  (await client.send(new GetItemCommand({ TableName, Key: keyOf(name), ConsistentRead: true }))).Item?.balance
    ?.N;
const transact = (TransactItems: Items, ClientRequestToken?: string) =>
  client.send(
    new TransactWriteItemsCommand({ TransactItems, ...(ClientRequestToken ? { ClientRequestToken } : {}) }),
  );
const add = (name: string, amount: number, ConditionExpression?: string) => ({
  Update: {
    TableName,
    Key: keyOf(name),
    UpdateExpression: 'ADD balance :amount',
    ExpressionAttributeValues: {
      ':amount': { N: String(amount) },
      ...(ConditionExpression ? { ':least': { N: String(-amount) } } : {}),
    },
    ...(ConditionExpression ? { ConditionExpression } : {}),
  },
});
const reasonsOf = async (transaction: Promise<unknown>) => {
  const error: unknown = await transaction.catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: 'TransactionCanceledException' });
  return (error as { CancellationReasons: { Code: string; Item?: object }[] }).CancellationReasons;
};

describe('a write transaction', () => {
  it('writes everything, indexes included', async () => {
    await put('a', 10);
    await transact([
      add('a', -4),
      { Put: { TableName, Item: { ...keyOf('b'), balance: { N: '4' }, owner: { S: 'bo' } } } },
    ]);
    expect([await balanceOf('a'), await balanceOf('b')]).toEqual(['6', '4']);
    const { Count } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'owner',
        KeyConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: 'bo' } },
      }),
    );
    expect(Count).toBe(1);
  });

  it('writes nothing when one condition fails, and says which', async () => {
    await put('c', 1);
    const reasons = await reasonsOf(
      transact([
        { Put: { TableName, Item: keyOf('new') } },
        {
          ConditionCheck: {
            TableName,
            Key: keyOf('c'),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
        { Delete: { TableName, Key: keyOf('absent'), ConditionExpression: 'attribute_exists(pk)' } },
      ]),
    );
    expect(reasons.map(({ Code }) => Code)).toEqual([
      'None',
      'ConditionalCheckFailed',
      'ConditionalCheckFailed',
    ]);
    expect(reasons[1]?.Item).toMatchObject({ balance: { N: '1' } });
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: keyOf('new') }));
    expect(Item).toBeUndefined();
  });

  it('leaves alone what it only checks', async () => {
    await put('d', 1);
    await transact([
      { ConditionCheck: { TableName, Key: keyOf('d'), ConditionExpression: 'attribute_exists(pk)' } },
      add('e', 1),
    ]);
    expect([await balanceOf('d'), await balanceOf('e')]).toEqual(['1', '1']);
  });

  it('is isolated: of many in parallel that need the same money exactly one succeeds', async () => {
    await put('purse', 5);
    const attempts = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) =>
        transact([add('purse', -5, 'balance >= :least'), add(`taker-${n}`, 5)]),
      ),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const takers = await Promise.all(Array.from({ length: 12 }, (_, n) => balanceOf(`taker-${n}`)));
    expect(takers.filter((balance) => balance === '5')).toHaveLength(1);
    expect(await balanceOf('purse')).toBe('0');
  });

  it('loses no update to single writes and reads beside it', async () => {
    await put('left', 100);
    await put('right', 100);
    const read = async () => {
      const { Responses } = await client.send(
        new TransactGetItemsCommand({
          TransactItems: ['left', 'right'].map((name) => ({ Get: { TableName, Key: keyOf(name) } })),
        }),
      );
      return (Responses ?? []).reduce((sum, { Item }) => sum + Number(Item?.balance?.N), 0);
    };
    const [sums] = await Promise.all([
      Promise.all(Array.from({ length: 15 }, read)),
      ...Array.from({ length: 15 }, () => transact([add('left', -1), add('right', 1)])),
      ...Array.from({ length: 15 }, (_, n) => put(`bystander-${n}`, n)),
    ]);
    expect(new Set(sums)).toEqual(new Set([200]));
    expect([await balanceOf('left'), await balanceOf('right')]).toEqual(['85', '115']);
    expect(await balanceOf('bystander-14')).toBe('14');
  });

  it('is harmless when repeated with its token, and refused when another comes with it', async () => {
    await put('f', 1);
    await transact([add('f', 1)], 'token-1');
    await transact([add('f', 1)], 'token-1');
    expect(await balanceOf('f')).toBe('2');
    await expect(transact([add('f', 2)], 'token-1')).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
  });

  it('cannot touch one item twice', async () => {
    await expect(transact([add('g', 1), add('g', 1)])).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
