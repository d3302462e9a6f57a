import { referencesOf } from '../shared/documents/references.ts';
import { type Documents, documentKey, documentsOf, keyOf } from './world.ts';

/** Ids of the portals whose snapshot depends on any of these documents (`Kind#id`). */
export function affectedPortals(world: Documents, keys: ReadonlySet<string>): string[] {
  const reaches = (key: string): boolean => {
    if (keys.has(key)) return true;
    const stored = world.documents.get(key);
    return (
      stored !== undefined && referencesOf(stored.document).some((r) => reaches(documentKey(r.kind, r.id)))
    );
  };
  return documentsOf(world, 'Portal')
    .filter((portal) => reaches(keyOf(portal)))
    .map((portal) => portal.metadata.id);
}
