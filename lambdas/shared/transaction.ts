import {
  BatchWriteItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { dynamodb, type Expression, type Item, type Key, type Table, toAttributes } from './table.ts';

/** One write of a transaction; all of them happen or none. */
export type Write = { condition?: Expression } & ({ put: Item } | { delete: Key });

/** What one DynamoDB transaction may hold. */
export const TRANSACTION_LIMIT = 100;

const conditionOf = (condition: Expression | undefined) =>
  condition
    ? {
        ConditionExpression: condition.expression,
        ...(condition.names ? { ExpressionAttributeNames: condition.names } : {}),
        ...(condition.values ? { ExpressionAttributeValues: toAttributes(condition.values) } : {}),
      }
    : {};

function toTransactItem(table: Table, write: Write): TransactWriteItem {
  const conditional = conditionOf(write.condition);
  if ('put' in write) {
    return { Put: { TableName: table.name, Item: toAttributes(write.put), ...conditional } };
  }
  return { Delete: { TableName: table.name, Key: toAttributes({ ...write.delete }), ...conditional } };
}

/**
 * Writes all or nothing; at most 100 writes.
 * @returns false when a condition did not hold or another transaction was at the same items.
 */
export async function transact(table: Table, writes: readonly Write[]): Promise<boolean> {
  try {
    const items = writes.map((write) => toTransactItem(table, write));
    await dynamodb.send(new TransactWriteItemsCommand({ TransactItems: items }));
    return true;
  } catch (error) {
    const lost = ['ConditionalCheckFailed', 'TransactionConflict'];
    const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
    if (reasons.some(({ Code }) => lost.includes(Code ?? ''))) return false;
    throw error;
  }
}

const BATCH_LIMIT = 25;
const BATCH_ATTEMPTS = 6;

async function writeBatch(table: Table, requests: WriteRequest[]): Promise<void> {
  let left = requests;
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === BATCH_ATTEMPTS)
      throw new Error(`${left.length} items of ${table.name} were not accepted`);
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 25 * 2 ** attempt));
    const { UnprocessedItems } = await dynamodb.send(
      new BatchWriteItemCommand({ RequestItems: { [table.name]: left } }),
    );
    left = UnprocessedItems?.[table.name] ?? [];
  }
}

/** Puts and deletes any number of items, in batches; what the table did not take at once is tried again. */
export async function batchWrite(
  table: Table,
  puts: readonly Item[],
  deletes: readonly Key[],
): Promise<void> {
  const requests: WriteRequest[] = [
    ...puts.map((item) => ({ PutRequest: { Item: toAttributes(item) } })),
    ...deletes.map((key) => ({ DeleteRequest: { Key: toAttributes({ pk: key.pk, sk: key.sk }) } })),
  ];
  for (let start = 0; start < requests.length; start += BATCH_LIMIT) {
    await writeBatch(table, requests.slice(start, start + BATCH_LIMIT));
  }
}
