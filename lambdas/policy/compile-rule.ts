import type { RuleGroupSpec } from '../shared/documents/rule-group.ts';
import type { Selector } from '../shared/documents/selector.ts';
import { excludeMatched, includeMatched, noIncludeMatched, requireFailed } from './explain-policy.ts';
import type { Facts } from './facts.ts';
import { kindOf } from './selectors/kinds.ts';
import {
  type Matcher,
  type Named,
  NONE,
  OPEN,
  type SelectorKind,
  UNKNOWN,
} from './selectors/selector-kind.ts';

/** Include any, require all, exclude none. */
export type RuleLists = Pick<RuleGroupSpec, 'include' | 'require' | 'exclude'>;

/** What made a rule hold or fail. */
export interface Finding {
  holds: boolean;
  /** The selector that decided, such as `include[0]`; null when there was not one alone. */
  at: string | null;
  because: string;
}

/** How a rule is read. */
export interface Reading {
  named: Named;
  /** Whether a rule that holds lets somebody in: what is unknown counts against the holder either way. */
  granting: boolean;
  /** For a service token, which only a selector that names it can include: an address, which anybody may come from, cannot. */
  namedOnly: boolean;
  /** Groups being read, so that one that contains itself ends as unknown. */
  within?: readonly string[];
}

export type JudgeRule = (facts: Facts) => Finding;

interface ReadSelector {
  kind: SelectorKind;
  selector: Selector;
  position: number;
}

/** Selectors of a list that are judged together. */
interface LookUp {
  kind: SelectorKind;
  first: number;
  match: Matcher;
}

/**
 * Compiles rules once so that judging is a few look-ups; equal findings are the same object. What is unknown counts
 * as whatever keeps the holder out, what is left open as whatever lets the holder in.
 */
export function compileRule(lists: RuleLists, reading: Reading): JudgeRule {
  const against: Reading = { ...reading, granting: !reading.granting, namedOnly: false };
  const include = compileInclude(readSelectors(lists.include), reading);
  const require = compileRequire(readSelectors(lists.require), { ...reading, namedOnly: false });
  const exclude = compileExclude(readSelectors(lists.exclude), against);
  return (facts) => {
    const found = include(facts);
    return found.holds ? (require(facts) ?? exclude(facts) ?? found) : found;
  };
}

/** The position that a match counts for: of what is unknown or open, by how the list is read. */
function counted(found: number, { first }: LookUp, granting: boolean): number {
  if (found === UNKNOWN) return granting ? NONE : first;
  if (found === OPEN) return granting ? first : NONE;
  return found;
}

function compileInclude(include: readonly ReadSelector[], reading: Reading): JudgeRule {
  const may = reading.namedOnly ? include.filter(({ kind }) => kind.namesServices) : include;
  const lookUps = lookUpsOf(may, reading);
  const matched = onePerKey((position, unknown) => ({
    holds: true,
    at: `include[${position}]`,
    because: includeMatched(at(include, position), unknown),
  }));
  // One bit for each kind, of which there are fewer than an integer has bits.
  const kinds = [...new Set(lookUps.map(({ kind }) => kind))];
  const bits = lookUps.map(({ kind }) => 1 << kinds.indexOf(kind));
  const failed = onePerKey((unknown) => {
    const of = kinds.filter((_, index) => unknown & (1 << index));
    const only = include.length === 1 ? 'include[0]' : null;
    return { holds: false, at: only, because: noIncludeMatched(include, of) };
  });
  const { granting } = reading;
  return (facts) => {
    let lowest = NONE;
    let known = true;
    let unknown = 0;
    for (let index = 0; index < lookUps.length; index++) {
      const lookUp = lookUps[index];
      if (!lookUp) continue;
      const found = lookUp.match(facts);
      if (found === UNKNOWN) unknown |= bits[index] ?? 0;
      const position = counted(found, lookUp, granting);
      if (position === NONE || (lowest !== NONE && position >= lowest)) continue;
      lowest = position;
      known = found !== UNKNOWN;
    }
    return lowest === NONE ? failed(unknown) : matched(lowest, !known);
  };
}

function compileRequire(
  require: readonly ReadSelector[],
  reading: Reading,
): (facts: Facts) => Finding | undefined {
  const lookUps = require.map((selector) => lookUpOf([selector], reading));
  const failed = onePerKey((position, unknown) => ({
    holds: false,
    at: `require[${position}]`,
    because: requireFailed(at(require, position), unknown),
  }));
  return (facts) => {
    for (const lookUp of lookUps) {
      const found = lookUp.match(facts);
      if (counted(found, lookUp, reading.granting) === NONE) return failed(lookUp.first, found === UNKNOWN);
    }
    return undefined;
  };
}

/** `reading` is of the list itself: what holds there works against the rule. */
function compileExclude(
  exclude: readonly ReadSelector[],
  reading: Reading,
): (facts: Facts) => Finding | undefined {
  const lookUps = lookUpsOf(exclude, reading);
  const matched = onePerKey((position, unknown) => ({
    holds: false,
    at: `exclude[${position}]`,
    because: excludeMatched(at(exclude, position), unknown),
  }));
  return (facts) => {
    let lowest = NONE;
    let known = true;
    for (const lookUp of lookUps) {
      const found = lookUp.match(facts);
      const position = counted(found, lookUp, reading.granting);
      if (position === NONE || (lowest !== NONE && position >= lowest)) continue;
      lowest = position;
      known = found !== UNKNOWN;
    }
    return lowest === NONE ? undefined : matched(lowest, !known);
  };
}

const readSelectors = (selectors: readonly Selector[]): ReadSelector[] =>
  selectors.map((selector, position) => ({ kind: kindOf(selector), selector, position }));

function lookUpOf(entries: readonly ReadSelector[], reading: Reading): LookUp {
  const [{ kind, position }] = entries as [ReadSelector];
  const group = (id: string) => compileGroup(id, reading);
  return { kind, first: position, match: kind.compile(entries, { named: reading.named, group }) };
}

function lookUpsOf(list: readonly ReadSelector[], reading: Reading): LookUp[] {
  const together = Map.groupBy(
    list.filter(({ kind }) => kind.together),
    ({ kind }) => kind,
  );
  const alone = list.filter(({ kind }) => !kind.together).map((entry) => [entry]);
  return [...together.values(), ...alone].map((entries) => lookUpOf(entries, reading));
}

function compileGroup(id: string, reading: Reading): ((facts: Facts) => boolean) | undefined {
  const { named, within = [] } = reading;
  const group = named.groups.get(id);
  if (!group || within.includes(id)) return undefined;
  const judge = compileRule(group, { ...reading, within: [...within, id] });
  return (facts) => judge(facts).holds;
}

function at(list: readonly ReadSelector[], position: number): ReadSelector {
  const selector = list[position];
  if (!selector) throw new RangeError(`A policy's list has no selector ${position}`);
  return selector;
}

/** Findings are made when they are first needed: a list may have a thousand selectors, and few ever decide. */
function onePerKey(
  make: (key: number, unknown: boolean) => Finding,
): (key: number, unknown?: boolean) => Finding {
  const made = [new Map<number, Finding>(), new Map<number, Finding>()] as const;
  return (key, unknown = false) => {
    const kept = made[unknown ? 1 : 0];
    const earlier = kept.get(key);
    if (earlier) return earlier;
    const finding = Object.freeze(make(key, unknown));
    kept.set(key, finding);
    return finding;
  };
}
