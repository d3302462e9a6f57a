import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** One client per execution environment: its kept-alive connections are what makes a write cheap. */
export const dynamodb = new DynamoDBClient({});
// It prepares every request and answer for a log that there is not.
dynamodb.middlewareStack.remove('loggerMiddleware');

export interface Key {
  pk: string;
  sk: string;
}
export type Item = Key & Record<string, unknown>;

/** A DynamoDB condition or update expression with its names and values in plain JavaScript. */
export interface Expression {
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

export interface QueryOptions {
  index?: string;
  /** The partition; the attribute is `pk` unless an index says otherwise. */
  partition: { attribute?: string; value: string };
  /** The sort key: a prefix, or an inclusive range. The attribute is `sk` unless an index says otherwise. */
  sort?: { attribute?: string } & ({ prefix: string } | { from: string; to: string });
  limit?: number;
  newestFirst?: boolean;
  consistent?: boolean;
  /** The `next` of an earlier page. */
  after?: Record<string, unknown>;
}

/** Turns a plain object into DynamoDB attributes; undefined members are left out. */
export const toAttributes = (item: Record<string, unknown>): Record<string, AttributeValue> =>
  marshall(item, { removeUndefinedValues: true });

export const fromAttributes = (attributes: Record<string, AttributeValue>): Record<string, unknown> =>
  unmarshall(attributes);

const expressionFields = (e: Expression) => ({
  ...(e.names ? { ExpressionAttributeNames: e.names } : {}),
  ...(e.values ? { ExpressionAttributeValues: toAttributes(e.values) } : {}),
});

/** False when the write's condition did not hold; every other failure is thrown. */
async function holds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

/** One of the deployment's tables, in plain JavaScript objects. There is no scan on purpose. */
export class Table {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  async get(key: Key, options: { consistent?: boolean } = {}): Promise<Item | undefined> {
    const { Item } = await dynamodb.send(
      new GetItemCommand({
        TableName: this.name,
        Key: toAttributes({ ...key }),
        ConsistentRead: options.consistent ?? true,
      }),
    );
    return Item ? (fromAttributes(Item) as Item) : undefined;
  }

  /** Writes the item; with a condition, returns false when it did not hold. */
  async put(item: Item, condition?: Expression): Promise<boolean> {
    return holds(
      dynamodb.send(
        new PutItemCommand({
          TableName: this.name,
          Item: toAttributes(item),
          ...(condition ? { ConditionExpression: condition.expression, ...expressionFields(condition) } : {}),
        }),
      ),
    );
  }

  /** Writes the item only if its key is free; returns false when it was taken. */
  async putNew(item: Item): Promise<boolean> {
    return this.put(item, { expression: 'attribute_not_exists(pk)' });
  }

  /** Updates one item; returns false when the condition did not hold. Names and values are shared by both. */
  async update(key: Key, change: Expression, condition?: string): Promise<boolean> {
    return holds(
      dynamodb.send(
        new UpdateItemCommand({
          TableName: this.name,
          Key: toAttributes({ ...key }),
          UpdateExpression: change.expression,
          ...(condition ? { ConditionExpression: condition } : {}),
          ...expressionFields(change),
        }),
      ),
    );
  }

  async delete(key: Key, condition?: Expression): Promise<boolean> {
    return holds(
      dynamodb.send(
        new DeleteItemCommand({
          TableName: this.name,
          Key: toAttributes({ ...key }),
          ...(condition ? { ConditionExpression: condition.expression, ...expressionFields(condition) } : {}),
        }),
      ),
    );
  }

  /** One page of a partition or index, with the cursor of the next page if there is one. */
  async query(options: QueryOptions): Promise<{ items: Item[]; next: Record<string, unknown> | undefined }> {
    const { partition, sort } = options;
    const values: Record<string, unknown> = { ':p': partition.value };
    const names: Record<string, string> = { '#p': partition.attribute ?? 'pk' };
    let condition = '#p = :p';
    if (sort) {
      names['#s'] = sort.attribute ?? 'sk';
      if ('prefix' in sort) {
        condition += ' AND begins_with(#s, :s)';
        values[':s'] = sort.prefix;
      } else {
        condition += ' AND #s BETWEEN :from AND :to';
        values[':from'] = sort.from;
        values[':to'] = sort.to;
      }
    }
    const page = await dynamodb.send(
      new QueryCommand({
        TableName: this.name,
        ...(options.index ? { IndexName: options.index } : {}),
        KeyConditionExpression: condition,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: toAttributes(values),
        ScanIndexForward: !options.newestFirst,
        ...(options.consistent ? { ConsistentRead: true } : {}),
        ...(options.limit ? { Limit: options.limit } : {}),
        ...(options.after ? { ExclusiveStartKey: toAttributes(options.after) } : {}),
      }),
    );
    return {
      items: (page.Items ?? []).map((item) => fromAttributes(item) as Item),
      next: page.LastEvaluatedKey ? fromAttributes(page.LastEvaluatedKey) : undefined,
    };
  }
}
