import type { Document, Kind } from '../shared/documents/kinds.ts';
import { referencesOf } from '../shared/documents/references.ts';
import type { World } from './world.ts';

/** The documents that name this one, which keep it from being deleted. */
export function findReferrers(world: World, kind: Kind, id: string): Document[] {
  return [...world.documents.values()]
    .map(({ document }) => document)
    .filter((document) =>
      referencesOf(document).some((reference) => reference.kind === kind && reference.id === id),
    );
}
