import type { ListSpec } from '../../shared/documents/list.ts';
import type { RuleGroupSpec } from '../../shared/documents/rule-group.ts';
import type { Selector, SelectorName, SelectorValue } from '../../shared/documents/selector.ts';
import type { Facts } from '../facts.ts';

/** No selector of the list matched. */
export const NONE = -1;
/** The attribute that these selectors look at is unknown, so nobody can say. */
export const UNKNOWN = -2;
/** Left open by whoever asks: it may match or not, whichever is better for the holder. */
export const OPEN = -3;

/** The lowest position of a selector that matches, `NONE`, `UNKNOWN` or `OPEN`. */
export type Matcher = (facts: Facts) => number;

/** What selectors may name. */
export interface Named {
  groups: ReadonlyMap<string, RuleGroupSpec>;
  lists: ReadonlyMap<string, ListSpec>;
}

export interface CompileContext {
  named: Named;
  /** For service tokens, which no selector about people ever matches; otherwise for people. */
  services: boolean;
  /** Leaves open what is judged on each request. */
  requestOpen: boolean;
  /** Whether the rules of a group hold, undefined when there is no such group. */
  group: (id: string) => ((facts: Facts) => boolean) | undefined;
}

/** A selector's value and its position in the list of the policy. */
export interface Entry<Value> {
  value: Value;
  position: number;
}

/** A selector of one of many policies, which are known by numbers. */
export interface IndexEntry {
  selector: Selector;
  owner: number;
}

/** Gives the owners of selectors that match, in any order and perhaps twice; false when the attribute is unknown. */
export type OwnersOf = (facts: Facts, give: (owners: readonly number[]) => void) => boolean;

/** One kind of selector: all that the compiler needs to know about it. */
export interface SelectorKind {
  name: SelectorName | 'unreadable';
  /** What it looks at, in words that follow "the person's". */
  attribute: string;
  /** Judged on each request, since it can change at any time. */
  continuous: boolean;
  /** Says something of a service token by its name. */
  namesServices: boolean;
  /** Several selectors of a list share one look-up. */
  together: boolean;
  /** The selector's value in words; empty when there is none. */
  describe(selector: Selector): string;
  /** Compiles the selectors of this kind in one list, in order of position, to one look-up. */
  compile(entries: readonly { selector: Selector; position: number }[], context: CompileContext): Matcher;
  /** One look-up for the selectors of many policies, for the kinds that have one; for people alone. */
  index?: (entries: readonly IndexEntry[]) => OwnersOf;
  /** What the subject has there, for somebody who may know; undefined is unknown. */
  actual(facts: Facts): unknown;
}

export interface KindOptions<Name extends SelectorName> {
  name: Name;
  attribute: string;
  continuous?: boolean;
  namesServices?: boolean;
  /** For people alone: no service token is among them, whatever the list says, and that is known. */
  peopleOnly?: boolean;
  compile?: (entries: readonly Entry<SelectorValue<Name>>[], context: CompileContext) => Matcher;
  /** Instead of `compile`, for kinds whose selectors are judged one by one: true, false or undefined for unknown. */
  judge?: (
    value: SelectorValue<Name>,
    context: CompileContext,
  ) => (facts: Facts) => boolean | undefined | 'open';
  /** For kinds that compare with one value or several: what the subject has, undefined for unknown. */
  held?: (facts: Facts) => string | ReadonlySet<string> | undefined;
  /** The spelling in which `held` compares; as it is unless it is given. */
  spell?: (value: string) => string;
  index?: (entries: readonly { value: SelectorValue<Name>; owner: number }[]) => OwnersOf;
  actual: (facts: Facts) => unknown;
}

const memberOf = <Name extends SelectorName>(selector: Selector, name: Name): SelectorValue<Name> =>
  (selector as { [Member in Name]: SelectorValue<Name> })[name];

function describe(value: unknown): string {
  if (value === true) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A matcher of one selector from its judgement. */
function matcherOf(position: number, judge: (facts: Facts) => boolean | undefined | 'open'): Matcher {
  return (facts) => {
    const held = judge(facts);
    if (held === 'open') return OPEN;
    if (held === undefined) return UNKNOWN;
    return held ? position : NONE;
  };
}

/** An index by equality. */
function equalityIndex(
  entries: readonly { value: string; owner: number }[],
  held: (facts: Facts) => string | ReadonlySet<string> | undefined,
): OwnersOf {
  const owners = new Map<string, number[]>();
  for (const { value, owner } of entries) {
    const of = owners.get(value) ?? [];
    owners.set(value, of);
    of.push(owner);
  }
  const give = (value: string, to: (found: readonly number[]) => void) => {
    const found = owners.get(value);
    if (found) to(found);
  };
  return (facts, to) => {
    const has = held(facts);
    if (has === undefined) return false;
    if (typeof has === 'string') give(has, to);
    else for (const value of has) give(value, to);
    return true;
  };
}

/** Describes a kind of selector to the compiler. */
export function selectorKind<Name extends SelectorName>(options: KindOptions<Name>): SelectorKind {
  const { name, attribute, continuous = false, namesServices = false, peopleOnly = false } = options;
  const { compile, judge, held, spell = String, index, actual } = options;
  const indexOf = (entries: readonly IndexEntry[]): OwnersOf | undefined => {
    const values = entries.map(({ selector, owner }) => ({ value: memberOf(selector, name), owner }));
    if (index) return index(values);
    if (!held) return undefined;
    const spelt = values.map(({ value, owner }) => ({
      value: spell(typeof value === 'string' ? value : ''),
      owner,
    }));
    return equalityIndex(spelt, held);
  };
  const matcher = (entries: readonly Entry<SelectorValue<Name>>[], context: CompileContext): Matcher => {
    if (compile) return compile(entries, context);
    const [entry] = entries;
    if (!entry || !judge) return () => UNKNOWN;
    return matcherOf(entry.position, judge(entry.value, context));
  };
  return {
    name,
    attribute,
    continuous,
    namesServices,
    together: compile !== undefined,
    describe: (selector) => describe(memberOf(selector, name)),
    compile(listed, context) {
      const entries = listed.map(({ selector, position }) => ({ value: memberOf(selector, name), position }));
      if (peopleOnly && context.services) return () => NONE;
      if (continuous && context.requestOpen) return () => OPEN;
      return matcher(entries, context);
    },
    ...(index || held
      ? { index: (entries: readonly IndexEntry[]) => indexOf(entries) ?? (() => false) }
      : {}),
    actual,
  };
}

/** Positions by value; of two equal values the first counts. */
export function positionsOf(entries: readonly Entry<string>[], normalise = (value: string) => value) {
  const positions = new Map<string, number>();
  for (const { value, position } of entries) {
    const key = normalise(value);
    if (!positions.has(key)) positions.set(key, position);
  }
  return positions;
}

/** The lowest of the positions that a value has, by one look-up. */
export const lookUp = (positions: ReadonlyMap<string, number>, value: string | undefined): number =>
  value === undefined ? UNKNOWN : (positions.get(value) ?? NONE);
