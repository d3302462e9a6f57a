import type { Document } from '../shared/documents/kinds.ts';
import { referencesOf } from '../shared/documents/references.ts';
import { type Documents, documentKey, keyOf } from './world.ts';

/** The documents of these keys (`Kind#id`) and those that name them, at whatever distance. */
export function affectedBy({ documents }: Documents, keys: ReadonlySet<string>): Document[] {
  const reached = new Map<string, boolean>();
  const reaches = (key: string): boolean => {
    const known = reached.get(key);
    if (known !== undefined) return known;
    reached.set(key, keys.has(key));
    const stored = documents.get(key)?.document;
    const found =
      keys.has(key) ||
      (stored !== undefined && referencesOf(stored).some((r) => reaches(documentKey(r.kind, r.id))));
    reached.set(key, found);
    return found;
  };
  return [...documents.values()]
    .map(({ document }) => document)
    .filter((document) => reaches(keyOf(document)));
}

/** Ids of the portals whose snapshot depends on any of these documents, in order. */
export const affectedPortals = (world: Documents, keys: ReadonlySet<string>): string[] =>
  affectedBy(world, keys)
    .filter(({ kind }) => kind === 'Portal')
    .map(({ metadata }) => metadata.id)
    .sort();
