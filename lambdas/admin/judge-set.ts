import type { Document } from '../shared/documents/kinds.ts';
import { checkNames } from './check-names.ts';
import { checkPolicies, type Warning } from './check-policies.ts';
import { checkSelectors } from './check-selectors.ts';
import { checkSet, type PlacedDocument } from './check-set.ts';
import type { AdminApi } from './route.ts';
import { type Documents, keyOf, type World } from './world.ts';

/** What a set of documents would come to. */
export interface JudgedSet {
  /** All documents as they would stand. */
  documents: Documents;
  warnings: Warning[];
}

/**
 * Judges documents as a set, as they would stand among all others.
 * @throws SallyportError for the first fault, with its place.
 */
export async function judgeSet(
  api: Pick<AdminApi, 'portalIds' | 'knownFacts' | 'catalogs'>,
  set: readonly PlacedDocument[],
  world: World,
): Promise<JudgedSet> {
  checkSet(set, world, api.portalIds);
  checkSelectors(set, api.knownFacts);
  const now = new Map<string, { document: Document }>(world.documents);
  for (const { document } of set) now.set(keyOf(document), { document });
  const documents = { documents: now };
  const warnings = checkPolicies(set, documents);
  await checkNames(api.catalogs, documents, set);
  return { documents, warnings };
}
