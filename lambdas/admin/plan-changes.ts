import { contentHash } from '../shared/canonical-json.ts';
import type { Document } from '../shared/documents/kinds.ts';
import { keyOf, type StoredDocument, type World } from './world.ts';

/** What applying one document would do. */
export interface PlannedChange {
  result: 'created' | 'updated' | 'unchanged';
  key: string;
  document: Document;
  hash: string;
  before: StoredDocument | undefined;
}

/** Compares documents with what is stored: the same content is no change. */
export function planChanges(documents: readonly Document[], world: World): PlannedChange[] {
  return documents.map((document) => {
    const key = keyOf(document);
    const before = world.documents.get(key);
    const hash = contentHash(document);
    const result = !before ? 'created' : before.hash === hash ? 'unchanged' : 'updated';
    return { result, key, document, hash, before };
  });
}
