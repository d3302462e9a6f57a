import * as z from 'zod';
import type { Table } from '../shared/table.ts';

/** The version of stored data that this code works with: how many migrations there are. */
export const EXPECTED_DATA_VERSION = 1;

const KEY = { pk: 'DataVersion', sk: 'current' };

const stored = z.object({
  version: z.int().min(0),
  /** Goes up with every write, so that of two runs only one goes on. */
  revision: z.int().min(1),
  /** How far the migration to the next version is. */
  cursor: z.string().optional(),
  /** The version that is to come, and when (ISO 8601) migrating to it may begin. */
  next: z.object({ version: z.int(), from: z.iso.datetime() }),
});

/** How far the stored data was migrated. */
export type DataState = z.output<typeof stored>;

/** Undefined before the first migration of a deployment, which counts as version 0. */
export async function readDataState(policies: Table): Promise<DataState | undefined> {
  const item = await policies.get(KEY);
  return item && stored.parse(item);
}

/** Writes how far the data is. @returns what was stored; undefined when somebody else did so since `before`. */
export async function saveDataState(
  policies: Table,
  before: DataState | undefined,
  next: Omit<DataState, 'revision'>,
): Promise<DataState | undefined> {
  const state = { ...next, revision: (before?.revision ?? 0) + 1 };
  const saved = await policies.put(
    { ...KEY, ...state },
    before
      ? {
          expression: '#revision = :revision',
          names: { '#revision': 'revision' },
          values: { ':revision': before.revision },
        }
      : { expression: 'attribute_not_exists(pk)' },
  );
  return saved ? state : undefined;
}
