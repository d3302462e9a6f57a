import { groupOf, type PolicyCheck, selectorsOf } from './rules.ts';

/** A group that contains itself would never be known to hold. */
export const groupCycles: PolicyCheck = (document, documents) => {
  if (document.kind !== 'RuleGroup') return undefined;
  const { id } = document.metadata;
  const leadsBack = (group: string, seen: ReadonlySet<string>): boolean => {
    if (group === id) return true;
    const rules = seen.has(group) ? undefined : groupOf(group, documents);
    if (!rules) return false;
    return selectorsOf(rules).some(
      ({ selector }) => 'ruleGroup' in selector && leadsBack(selector.ruleGroup, new Set([...seen, group])),
    );
  };
  const back = selectorsOf(document.spec).find(
    ({ selector }) => 'ruleGroup' in selector && leadsBack(selector.ruleGroup, new Set()),
  );
  return (
    back && { at: back.at, message: `leads back to RuleGroup "${id}" itself: a group cannot contain itself` }
  );
};
