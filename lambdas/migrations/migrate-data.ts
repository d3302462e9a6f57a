import { logger } from '../shared/logger.ts';
import { type DataState, readDataState, saveDataState } from './data-version.ts';
import type { Migration, Stores } from './migration.ts';

/**
 * A new release shares the data with the one before until all its functions have taken over, and goes back to it
 * when an alarm is raised meanwhile: so long the data stays as both can read it.
 */
const SETTLED_AFTER_MS = 15 * 60_000;

export interface DataMigration {
  stores: Stores;
  migrations: readonly Migration[];
  /** Epoch milliseconds. */
  now: () => number;
  /** Whether there is time for another step, of some seconds. */
  hasTime: () => boolean;
}

/**
 * Runs the migrations that the stored data lacks, as far as there is time, and leaves the rest to the next run. The
 * cursor is saved after every step: a run that ends in between is continued, and of two at once one goes on. Data
 * of a later version is left alone. It costs one read when there is nothing to do.
 */
export async function migrateData(migration: DataMigration): Promise<void> {
  const { policies } = migration.stores;
  const expected = migration.migrations.length;
  const found = await readDataState(policies);
  const version = found?.version ?? 0;
  if (version > expected) {
    logger.error('the stored data is of a later version than this code: nothing is migrated', {
      found: version,
      expected,
    });
    return;
  }
  if (version === expected) return;
  const planned = found?.next.version === expected ? found : await plan(migration, found);
  if (planned && migration.now() >= Date.parse(planned.next.from)) await runSteps(migration, planned);
}

/** Notes when the data may be migrated to the version of this code; undefined when another run did so. */
async function plan(
  { stores, migrations, now }: DataMigration,
  found: DataState | undefined,
): Promise<DataState | undefined> {
  // Without any version there is no earlier release: the deployment is new, or older than all of this.
  const from = new Date(now() + (found ? SETTLED_AFTER_MS : 0)).toISOString();
  const next = { version: migrations.length, from };
  return saveDataState(stores.policies, found, { version: 0, ...found, next });
}

async function runSteps({ stores, migrations, hasTime }: DataMigration, planned: DataState): Promise<void> {
  for (let state: DataState = planned; ; ) {
    const { version, cursor, next } = state;
    const migration = migrations[version];
    if (!migration || !hasTime()) return;
    const reached = await migration.step(stores, cursor);
    const done = reached === undefined;
    const saved = await saveDataState(
      stores.policies,
      state,
      done ? { version: version + 1, next } : { version, cursor: reached, next },
    );
    if (!saved) return logger.info('another run migrates the data');
    if (done) logger.info('the data was migrated', { migration: migration.name });
    state = saved;
  }
}
