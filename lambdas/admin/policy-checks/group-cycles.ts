import { groupOf, type PolicyCheck, selectorsOf } from './rules.ts';

/** A group that contains itself would never be known to hold. */
export const groupCycles: PolicyCheck = (document, documents) => {
  if (document.kind !== 'RuleGroup') return undefined;
  const { id } = document.metadata;
  // Each group is looked at once: by how many ways it can be reached does not matter.
  const seen = new Set<string>();
  const leadsBack = (group: string): boolean => {
    if (group === id) return true;
    const rules = seen.has(group) ? undefined : groupOf(group, documents);
    seen.add(group);
    if (!rules) return false;
    return selectorsOf(rules).some(
      ({ selector }) => 'ruleGroup' in selector && leadsBack(selector.ruleGroup),
    );
  };
  const back = selectorsOf(document.spec).find(
    ({ selector }) => 'ruleGroup' in selector && leadsBack(selector.ruleGroup),
  );
  return (
    back && { at: back.at, message: `leads back to RuleGroup "${id}" itself: a group cannot contain itself` }
  );
};
