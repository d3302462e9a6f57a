import { setTimeout as wait } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { toAttributes } from '../shared/table.ts';
import type { PayloadItem } from './payload-item.ts';
import type { StoredRecord } from './stored-record.ts';

/** For one request with the SDK's own retries: a store that hangs must not hang the call. */
const REQUEST_TIMEOUT_MS = 4_000;

/**
 * Stores a record for good, or throws. A write whose answer was lost is sent again as it was: the condition
 * lets it pass over itself, and over nothing else.
 */
export async function storeRecord(
  client: DynamoDBClient,
  table: string,
  record: StoredRecord,
): Promise<void> {
  const command = new PutItemCommand({
    TableName: table,
    Item: toAttributes({ ...record }),
    ConditionExpression: 'attribute_not_exists(pk) OR #hash = :hash',
    ExpressionAttributeNames: { '#hash': 'hash' },
    ExpressionAttributeValues: { ':hash': { S: record.hash } },
  });
  await twice(async () => {
    await client.send(command, { abortSignal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
  });
}

/**
 * Stores a record and its payload side by side. One batch would cost less, but who may write a batch may delete by it.
 * Sending either again replaces it by itself.
 */
export async function storeWithPayload(
  client: DynamoDBClient,
  tables: { audit: string; payloads: string },
  record: StoredRecord,
  payload: PayloadItem,
): Promise<void> {
  const command = new PutItemCommand({ TableName: tables.payloads, Item: toAttributes(payload) });
  await Promise.all([
    storeRecord(client, tables.audit, record),
    twice(async () => {
      await client.send(command, { abortSignal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
    }),
  ]);
}

async function twice(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) throw error;
    await wait(50 + Math.random() * 100);
    await write();
  }
}
