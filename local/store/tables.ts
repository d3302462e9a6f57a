import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { TableDescription } from 'dynalite/db/index.js';
import type { TableDefinition } from './definitions.ts';
import type { Engine } from './engine.ts';
import { StoreError } from './errors.ts';
import type { TimeToLive } from './time-to-live.ts';

/**
 * Creates the tables that are missing and checks those that are there.
 * @throws Error when a table on disk has other keys than its definition: there is no migration, only a fresh start.
 */
export async function ensureTables(
  engine: Engine,
  timeToLive: TimeToLive,
  definitions: readonly TableDefinition[],
): Promise<ReadonlyMap<string, TableDescription>> {
  const tables = new Map<string, TableDescription>();
  for (const definition of definitions) {
    const table = (await existing(engine, definition.name)) ?? (await create(engine, definition));
    if (!isDeepStrictEqual(shapeOf(table), shapeOf(definition.schema)))
      throw new Error(
        `The stored table ${definition.name} has other keys or indexes than the template now gives it. Start with --fresh to begin with empty tables.`,
      );
    if ((await timeToLive.attribute(definition.name)) !== definition.timeToLive)
      await timeToLive.set(definition.name, definition.timeToLive);
    tables.set(definition.name, table);
  }
  return tables;
}

async function existing(engine: Engine, name: string): Promise<TableDescription | undefined> {
  try {
    return await engine.table(name);
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}

async function create(engine: Engine, { name, schema }: TableDefinition): Promise<TableDescription> {
  const parameters = { TableName: name, BillingMode: 'PAY_PER_REQUEST', ...schema };
  await engine.run('CreateTable', engine.check('CreateTable', parameters));
  for (;;) {
    const table = await engine.table(name);
    if (table.TableStatus === 'ACTIVE') return table;
    await sleep(1);
  }
}

const shapeOf = ({
  KeySchema,
  AttributeDefinitions,
  GlobalSecondaryIndexes,
}: TableDefinition['schema'] | TableDescription) => ({
  keys: keysOf(KeySchema),
  attributes: AttributeDefinitions.map(
    ({ AttributeName, AttributeType }) => `${AttributeName}:${AttributeType}`,
  ).toSorted(),
  indexes: Object.fromEntries(
    (GlobalSecondaryIndexes ?? []).map((index) => [
      index.IndexName,
      [keysOf(index.KeySchema), index.Projection.ProjectionType, index.Projection.NonKeyAttributes ?? []],
    ]),
  ),
});

const keysOf = (schema: readonly { AttributeName: string; KeyType: string }[]): string[] =>
  schema.map(({ AttributeName, KeyType }) => `${KeyType}:${AttributeName}`);
