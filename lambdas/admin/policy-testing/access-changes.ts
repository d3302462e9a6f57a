import type { AdminApi } from '../route.ts';
import { type AccessChange, type ComparedPortal, comparisonOf } from './compare-access.ts';
import { knownSubjects } from './known-subjects.ts';
import type { Who } from './outcome.ts';

/** Within the time of one request. */
export const MOST_DECISIONS = 200_000;
/** As many as an answer holds. */
export const MOST_CHANGES = 1_000;
const PAGE = 100;

export interface AccessChanges {
  changes: (AccessChange & { who: Who })[];
  /** How many people and service tokens were looked at. */
  subjects: number;
  /** What was cut. */
  notes: string[];
}

/** Goes through everybody known, as far as the bounds let it, and says whose access differs. */
export async function accessChanges(
  stores: Pick<AdminApi, 'identity' | 'documents'>,
  portals: readonly ComparedPortal[],
): Promise<AccessChanges> {
  const comparisons = portals.map(comparisonOf);
  const each = comparisons.reduce((sum, { decisions }) => sum + decisions, 0);
  const found: AccessChanges = { changes: [], subjects: 0, notes: [] };
  if (each === 0) return found;
  let after: string | undefined;
  do {
    const page = await knownSubjects(stores, { limit: PAGE, after });
    for (const { who, subject } of page.subjects) {
      if ((found.subjects + 1) * each > MOST_DECISIONS && found.subjects > 0) return cut(found, 'people');
      found.subjects += 1;
      for (const comparison of comparisons)
        for (const change of comparison.changesFor(subject)) found.changes.push({ who, ...change });
      if (found.changes.length > MOST_CHANGES) return cut(found, 'changes');
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  return found;
}

function cut(found: AccessChanges, what: 'people' | 'changes'): AccessChanges {
  const { subjects } = found;
  const why =
    what === 'changes' ? `more than ${MOST_CHANGES} changes` : `${MOST_DECISIONS} decisions are the most`;
  const note = `Cut short: only the first ${subjects} people were looked at (${why}). Others may gain or lose access too.`;
  return { ...found, changes: found.changes.slice(0, MOST_CHANGES), notes: [...found.notes, note] };
}
