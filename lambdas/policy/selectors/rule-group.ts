import { selectorKind } from './selector-kind.ts';

/** The rules of a group hold; a group that is not there is unknown. */
export const ruleGroup = selectorKind({
  name: 'ruleGroup',
  attribute: 'rule group',
  namesServices: true,
  judge: (id, { group }) => group(id) ?? (() => undefined),
  actual: () => undefined,
});
