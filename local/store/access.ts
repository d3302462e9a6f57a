import type { TableDescription } from 'dynalite/db/index.js';
import * as z from 'zod';
import { ACCOUNT, REGION } from '../iam/authorizer.ts';
import type { AccessRequest } from '../iam/evaluate.ts';
import type { Parameters } from './engine.ts';
import type { Step } from './transactions.ts';

type TableOf = (name: string) => TableDescription | undefined;

const attributes = z.record(z.string(), z.record(z.string(), z.unknown()));
type Attributes = z.output<typeof attributes>;
const batchGet = z.record(z.string(), z.object({ Keys: z.array(attributes) }));
const batchWrite = z.record(
  z.string(),
  z.array(
    z.object({
      PutRequest: z.object({ Item: attributes }).nullish(),
      DeleteRequest: z.object({ Key: attributes }).nullish(),
    }),
  ),
);
const keyConditions = z.record(z.string(), z.object({ AttributeValueList: z.array(attributes.valueType) }));

/** The IAM action of each step of a transaction; there is none for the transaction itself. */
const STEP_ACTIONS = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
} as const satisfies Record<Step['write'], string>;

const arnOf = (table: string, index?: unknown): string =>
  `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${table}${typeof index === 'string' ? `/index/${index}` : ''}`;

const textOf = (value: Record<string, unknown> | undefined): string[] =>
  Object.values(value ?? {})
    .slice(0, 1)
    .map(String);

function leadingKeys(table: TableDescription | undefined, items: readonly Attributes[]): readonly string[] {
  const hash = table?.KeySchema[0]?.AttributeName ?? '';
  return items.flatMap((item) => textOf(item[hash]));
}

function partitionOfQuery(table: TableDescription | undefined, parameters: Parameters): readonly string[] {
  const index = table?.GlobalSecondaryIndexes?.find(({ IndexName }) => IndexName === parameters.IndexName);
  const hash = (index ?? table)?.KeySchema[0]?.AttributeName ?? '';
  const conditions = keyConditions.parse(parameters.KeyConditions ?? {});
  return (conditions[hash]?.AttributeValueList ?? []).flatMap(textOf);
}

/** The requests that IAM must allow for the steps of a transaction. */
export function accessOfSteps(steps: readonly Step[], tableOf: TableOf): AccessRequest[] {
  return steps.map(({ write, parameters }) => accessToItem(STEP_ACTIONS[write], parameters, tableOf));
}

function accessToItem(operation: string, parameters: Parameters, tableOf: TableOf): AccessRequest {
  const name = String(parameters.TableName);
  const item = attributes.parse(parameters.Key ?? parameters.Item);
  return {
    action: `dynamodb:${operation}`,
    resource: arnOf(name),
    conditionKeys: { 'dynamodb:LeadingKeys': leadingKeys(tableOf(name), [item]) },
  };
}

/** The requests that IAM must allow for an operation; `parameters` are checked ones. */
export function accessOf(operation: string, parameters: Parameters, tableOf: TableOf): AccessRequest[] {
  switch (operation) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return [accessToItem(operation, parameters, tableOf)];
    case 'Query': {
      const name = String(parameters.TableName);
      const keys = partitionOfQuery(tableOf(name), parameters);
      const resource = arnOf(name, parameters.IndexName);
      return [{ action: 'dynamodb:Query', resource, conditionKeys: { 'dynamodb:LeadingKeys': keys } }];
    }
    case 'BatchGetItem':
    case 'BatchWriteItem':
      return accessOfBatch(operation, itemsOfBatch(operation, parameters), tableOf);
    case 'ListTables':
      return [{ action: 'dynamodb:ListTables', resource: '*', conditionKeys: {} }];
    default:
      return [
        {
          action: `dynamodb:${operation}`,
          resource: arnOf(String(parameters.TableName), parameters.IndexName),
          conditionKeys: {},
        },
      ];
  }
}

function itemsOfBatch(operation: string, { RequestItems }: Parameters): [string, Attributes[]][] {
  if (operation === 'BatchGetItem')
    return Object.entries(batchGet.parse(RequestItems)).map(([name, { Keys }]) => [name, Keys]);
  return Object.entries(batchWrite.parse(RequestItems)).map(([name, writes]) => [
    name,
    writes.flatMap(({ PutRequest, DeleteRequest }) => [PutRequest?.Item ?? DeleteRequest?.Key ?? {}]),
  ]);
}

const accessOfBatch = (
  operation: string,
  batch: readonly [string, Attributes[]][],
  tableOf: TableOf,
): AccessRequest[] =>
  batch.map(([name, items]) => ({
    action: `dynamodb:${operation}`,
    resource: arnOf(name),
    conditionKeys: { 'dynamodb:LeadingKeys': leadingKeys(tableOf(name), items) },
  }));
