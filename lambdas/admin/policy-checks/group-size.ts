import type { RuleGroupSpec } from '../../shared/documents/rule-group.ts';
import type { Documents } from '../world.ts';
import { groupOf, type PolicyCheck, selectorsOf } from './rules.ts';

/** Groups are written out wherever they are named, so that groups of groups grow by multiplication. */
const MOST_SELECTORS = 20_000;

type Rules = Pick<RuleGroupSpec, 'include' | 'require' | 'exclude'>;

/** How many selectors rules have when every group is written out. */
function sizeOf(rules: Rules, documents: Documents, known: Map<string, number>): number {
  return selectorsOf(rules).reduce((sum, { selector }) => {
    if (!('ruleGroup' in selector)) return sum + 1;
    const id = selector.ruleGroup;
    const group = groupOf(id, documents);
    const size = known.get(id) ?? (group ? sizeOf(group, documents, known.set(id, 1)) : 1);
    known.set(id, size);
    return sum + size;
  }, 0);
}

/** Policies stay small enough to be judged on every request. */
export const groupSize: PolicyCheck = (document, documents) => {
  if (document.kind !== 'Policy' && document.kind !== 'RuleGroup') return undefined;
  if (sizeOf(document.spec, documents, new Map()) <= MOST_SELECTORS) return undefined;
  const message = `has more than ${MOST_SELECTORS} selectors when every RuleGroup that it names is written out: name fewer groups, or put addresses into a List`;
  return { at: 'spec', message };
};
