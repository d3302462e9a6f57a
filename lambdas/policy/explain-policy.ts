import type { Selector } from '../shared/documents/selector.ts';
import type { SelectorKind } from './selectors/selector-kind.ts';

/** A selector as a policy lists it. */
export interface ListedSelector {
  kind: SelectorKind;
  selector: Selector;
}

/** For example `ipRange "10.0.0.0/8"`. */
export function describeSelector({ kind, selector }: ListedSelector): string {
  const value = kind.describe(selector);
  if (value === '') return kind.name;
  return value.startsWith('{') ? `${kind.name} ${value}` : `${kind.name} "${value}"`;
}

const unknownNote = (kinds: readonly SelectorKind[]): string => {
  const attributes = new Set(kinds.map(({ attribute }) => attribute));
  return attributes.size === 0 ? '' : ` (unknown: ${[...attributes].join(', ')})`;
};

const matchedNote = (selector: ListedSelector, unknown: boolean): string =>
  unknown ? `counts as matched${unknownNote([selector.kind])}` : 'matched';

export const includeMatched = (selector: ListedSelector, unknown: boolean): string =>
  `include ${describeSelector(selector)} ${matchedNote(selector, unknown)}`;

/** `unknown` are the kinds whose attribute is unknown. */
export function noIncludeMatched(
  include: readonly ListedSelector[],
  unknown: readonly SelectorKind[],
): string {
  const [only, ...more] = include;
  const which =
    only && more.length === 0
      ? `include ${describeSelector(only)} did not match`
      : `none of the ${include.length} include selectors matched`;
  return which + unknownNote(unknown);
}

export const requireFailed = (selector: ListedSelector, unknown: boolean): string =>
  `require ${describeSelector(selector)} did not match${unknownNote(unknown ? [selector.kind] : [])}`;

export const excludeMatched = (selector: ListedSelector, unknown: boolean): string =>
  `exclude ${describeSelector(selector)} ${matchedNote(selector, unknown)}`;
