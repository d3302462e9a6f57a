import type { Configuration } from '../policy/build-snapshot.ts';
import type { Document, DocumentOf, Kind } from '../shared/documents/kinds.ts';

/** Who changed a document. */
export interface Author {
  id: string;
  email: string;
}

/** A configuration document as it stands now. */
export interface StoredDocument {
  document: Document;
  version: number;
  /** Content hash of the document. */
  hash: string;
  /** ISO 8601. */
  updatedAt: string;
  updatedBy: Author;
}

/** `Kind#id`: how documents are keyed in the table and in memory. */
export const documentKey = (kind: Kind, id: string): string => `${kind}#${id}`;
export const keyOf = (document: Document): string => documentKey(document.kind, document.metadata.id);

/** Every document of the deployment at one revision of its configuration. */
export interface World {
  /** Counts the changes; 0 before the first. A change is accepted only on the revision it was judged by. */
  revision: number;
  documents: ReadonlyMap<string, StoredDocument>;
}

/** Documents by `Kind#id`. */
export interface Documents {
  documents: ReadonlyMap<string, { document: Document }>;
}

/** The documents of one kind, in the order of their ids. */
export function documentsOf<K extends Kind>(world: Documents, kind: K): DocumentOf<K>[] {
  const found: DocumentOf<K>[] = [];
  for (const { document } of world.documents.values()) {
    if (isKind(document, kind)) found.push(document);
  }
  return found.sort((a, b) => (a.metadata.id < b.metadata.id ? -1 : 1));
}

const isKind = <K extends Kind>(document: Document, kind: K): document is Document & DocumentOf<K> =>
  document.kind === kind;

/** What snapshots are built of. */
export const configurationOf = (world: Documents): Configuration => ({
  servers: documentsOf(world, 'Server'),
  policies: documentsOf(world, 'Policy'),
  groups: documentsOf(world, 'RuleGroup'),
  lists: documentsOf(world, 'List'),
  evaluations: documentsOf(world, 'ExternalEvaluation'),
});
