import { publishPortalsAnew } from './0001-publish-portals-anew.ts';
import type { Migration } from './migration.ts';

/** In order: the first leads from version 0 to 1. One that was released is never changed, removed or moved. */
export const MIGRATIONS: readonly Migration[] = [publishPortalsAnew];
