import {
  CreateTableCommand,
  type DynamoDBClient,
  ExecuteStatementCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everythingAllowed } from '../../../local/iam/authorizer.ts';
import { tableDefinition } from '../../../local/store/definitions.ts';
import { type RunningStore, startStore } from '../../../local/store/start-store.ts';
import { clientAs, definition } from './client.ts';

let store: RunningStore;
let client: DynamoDBClient;
beforeAll(async () => {
  store = await startStore({ port: 0, tables: [definition('things')], authorize: everythingAllowed });
  client = clientAs('administrator', store.endpoint);
});
afterAll(() => store.close());

const Item = { pk: { S: 'a' }, sk: { S: 'b' }, value: { S: 'first' } };

describe('what the store does not have', () => {
  it('is refused by name, never ignored', async () => {
    const TableName = 'things';
    const StreamSpecification = { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } as const;
    const attempts: [Promise<unknown>, RegExp][] = [
      [client.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM things' })), /ExecuteStatement/],
      [client.send(new UpdateTableCommand({ TableName, StreamSpecification })), /UpdateTable/],
      [client.send(new CreateTableCommand({ TableName: 'other', StreamSpecification })), /CreateTable/],
      [
        client.send(
          new TransactWriteItemsCommand({
            TransactItems: [{ Put: { TableName, Item } }],
            ReturnConsumedCapacity: 'TOTAL',
          }),
        ),
        /ReturnConsumedCapacity/,
      ],
    ];
    for (const [attempt, message] of attempts) {
      const error: unknown = await attempt.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({
        name: 'UnknownOperationException',
        message: expect.stringMatching(message),
      });
    }
  });

  it.each([
    ['StreamSpecification', { StreamViewType: 'NEW_IMAGE' }],
    ['LocalSecondaryIndexes', []],
    ['BillingMode', 'PROVISIONED'],
  ])('is refused in a template too: %s', (property, value) => {
    const { schema } = definition('things');
    expect(() =>
      tableDefinition('Things', { BillingMode: 'PAY_PER_REQUEST', ...schema, [property]: value }),
    ).toThrow(new RegExp(`Things[^]*${property}`));
  });
});

describe('a failed condition', () => {
  const ConditionExpression = 'attribute_not_exists(pk)';
  it('comes with the item it failed on, if asked for', async () => {
    await client.send(new PutItemCommand({ TableName: 'things', Item }));
    const again = { TableName: 'things', Item: { ...Item, value: { S: 'second' } }, ConditionExpression };
    const failure = (ReturnValuesOnConditionCheckFailure?: 'ALL_OLD') =>
      client
        .send(
          new PutItemCommand({
            ...again,
            ...(ReturnValuesOnConditionCheckFailure ? { ReturnValuesOnConditionCheckFailure } : {}),
          }),
        )
        .catch((error: unknown) => error);
    expect(await failure('ALL_OLD')).toMatchObject({ name: 'ConditionalCheckFailedException', Item });
    expect(await failure()).toMatchObject({ name: 'ConditionalCheckFailedException', Item: undefined });
  });
});

describe('a request', () => {
  it.each([
    [{ authorization: 'none' }, 'MissingAuthenticationTokenException'],
    [{ 'x-amz-target': 'DynamoDB_20111205.GetItem' }, 'UnknownOperationException'],
    [{ body: '{"TableName":' }, 'SerializationException'],
    [{ body: '[]' }, 'SerializationException'],
  ])('is refused with %j', async ({ body = '{}', ...headers }: Record<string, string>, type) => {
    const response = await fetch(store.endpoint, {
      method: 'POST',
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=administrator/20260101/us-east-1/dynamodb/aws4_request',
        'x-amz-target': 'DynamoDB_20120810.GetItem',
        ...headers,
      },
      body,
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: expect.stringContaining(type) });
  });
});
