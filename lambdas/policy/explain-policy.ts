import type { SelectorKind } from './selectors/selector-kind.ts';

/** A selector as a policy lists it. */
export interface ListedSelector {
  kind: SelectorKind;
  value: string;
}

const describe = ({ kind, value }: ListedSelector): string =>
  value === '' ? kind.name : `${kind.name} "${value}"`;

const unknownNote = (kinds: readonly SelectorKind[]): string => {
  const attributes = new Set(kinds.map(({ attribute }) => attribute));
  return attributes.size === 0 ? '' : ` (unknown: ${[...attributes].join(', ')})`;
};

export const includeMatched = (selector: ListedSelector): string => `include ${describe(selector)} matched`;

/** `unknown` are the kinds whose attribute is unknown. */
export function noIncludeMatched(
  include: readonly ListedSelector[],
  unknown: readonly SelectorKind[],
): string {
  const [only, ...more] = include;
  const which =
    only && more.length === 0
      ? `include ${describe(only)} did not match`
      : `none of the ${include.length} include selectors matched`;
  return which + unknownNote(unknown);
}

export const requireFailed = (selector: ListedSelector, unknown: boolean): string =>
  `require ${describe(selector)} did not match${unknownNote(unknown ? [selector.kind] : [])}`;

export const excludeMatched = (selector: ListedSelector, unknown: boolean): string =>
  unknown
    ? `exclude ${describe(selector)} counts as matched${unknownNote([selector.kind])}`
    : `exclude ${describe(selector)} matched`;
