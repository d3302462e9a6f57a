import type { Table } from '../shared/table.ts';

/** What migrations work on. */
export interface Stores {
  policies: Table;
  catalog: Table;
  /** The bucket of portal snapshots. */
  bucket: string;
}

/**
 * Brings stored data from one version to the next. The code of its release reads both forms and writes the new one
 * already, and goes on reading the old form until a release that nobody comes to with data that is not migrated.
 */
export interface Migration {
  /** The name of its file. */
  name: string;
  /**
   * Does the next part, of a few seconds at most, and returns from where to go on; undefined when all is done.
   * A part may be done twice, late, and by two at once: it must find its work done, and write on conditions only.
   */
  step(stores: Stores, cursor: string | undefined): Promise<string | undefined>;
}
