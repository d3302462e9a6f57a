import type { Selector } from '../../shared/documents/policy.ts';
import type { Facts } from '../facts.ts';

/** No selector of the list matched. */
export const NONE = -1;
/** The attribute that these selectors look at is unknown, so nobody can say. */
export const UNKNOWN = -2;

/** The lowest position of a selector that matches, `NONE` or `UNKNOWN`. */
export type Matcher = (facts: Facts) => number;

/** A selector's value and its position in the list of the policy. */
export interface Entry {
  value: string;
  position: number;
}

/** A matcher for people alone: no service token is among them, whatever the list says, and that is known. */
export const peopleOnly =
  (match: Matcher): Matcher =>
  (facts) =>
    facts.serviceToken === undefined ? match(facts) : NONE;

/** One kind of selector: all that the compiler needs to know about it. */
export interface SelectorKind {
  /** The member of the document, as people write it. */
  name: string;
  /** What it looks at, in words that follow "the person's". */
  attribute: string;
  /** The selector's value if it is of this kind. */
  read(selector: Selector): string | undefined;
  /** Compiles the selectors of this kind in one list, in order of position, to one look-up. */
  compile(entries: readonly Entry[]): Matcher;
}

/** Positions by value; of two equal values the first counts. */
export function positionsOf(entries: readonly Entry[], normalise = (value: string) => value) {
  const positions = new Map<string, number>();
  for (const { value, position } of entries) {
    const key = normalise(value);
    if (!positions.has(key)) positions.set(key, position);
  }
  return positions;
}
