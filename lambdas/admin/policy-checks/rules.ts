import type { DocumentOf } from '../../shared/documents/kinds.ts';
import type { PolicySpec } from '../../shared/documents/policy.ts';
import type { RuleGroupSpec } from '../../shared/documents/rule-group.ts';
import type { Selector, SelectorName } from '../../shared/documents/selector.ts';
import { type Documents, documentKey } from '../world.ts';

/** A fault of a document, at its path within it. */
export interface PolicyFault {
  at: string;
  message: string;
}

/** Judges one document that was sent among all as they would stand. */
export type PolicyCheck = (
  document: DocumentOf<'Policy'> | DocumentOf<'RuleGroup'> | DocumentOf<'Portal'> | DocumentOf<'Server'>,
  documents: Documents,
) => PolicyFault | undefined;

type Rules = Pick<RuleGroupSpec, 'include' | 'require' | 'exclude'>;
export const RULE_LISTS = ['include', 'require', 'exclude'] as const;

/** A selector with its path from the document that is judged. */
export interface PlacedSelector {
  name: SelectorName;
  selector: Selector;
  at: string;
}

export const nameOf = (selector: Selector): SelectorName => Object.keys(selector)[0] as SelectorName;

export function selectorsOf(rules: Rules): PlacedSelector[] {
  return RULE_LISTS.flatMap((list) =>
    rules[list].map((selector, index) => {
      const name = nameOf(selector);
      return { name, selector, at: `spec.${list}[${index}].${name}` };
    }),
  );
}

export function groupOf(id: string, { documents }: Documents): RuleGroupSpec | undefined {
  const found = documents.get(documentKey('RuleGroup', id))?.document;
  return found?.kind === 'RuleGroup' ? found.spec : undefined;
}

export function policyOf(id: string, { documents }: Documents): PolicySpec | undefined {
  const found = documents.get(documentKey('Policy', id))?.document;
  return found?.kind === 'Policy' ? found.spec : undefined;
}

/** The selectors of rules and of the groups that they name, each at the place where the rules lead to it. */
export function allSelectors(
  rules: Rules,
  documents: Documents,
  seen: ReadonlySet<string> = new Set(),
): PlacedSelector[] {
  return selectorsOf(rules).flatMap((placed) => {
    if (!('ruleGroup' in placed.selector)) return [placed];
    const id = placed.selector.ruleGroup;
    const group = seen.has(id) ? undefined : groupOf(id, documents);
    const inner = group ? allSelectors(group, documents, new Set([...seen, id])) : [];
    return inner.map(({ name, selector }) => ({ name, selector, at: placed.at }));
  });
}

/** Whether it matches whomever its includes match. */
export const isUnconditional = ({ require, exclude }: Rules): boolean =>
  require.length === 0 && exclude.length === 0;
