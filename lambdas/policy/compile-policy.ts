import type { Selector } from '../shared/documents/policy.ts';
import type { NamedPolicy, TraceStep } from './decision.ts';
import { excludeMatched, includeMatched, noIncludeMatched, requireFailed } from './explain-policy.ts';
import type { Facts } from './facts.ts';
import { selectorKinds } from './selectors/kinds.ts';
import { type Entry, type Matcher, NONE, type SelectorKind, UNKNOWN } from './selectors/selector-kind.ts';
import { serviceToken } from './selectors/service-token.ts';
import { unreadable } from './selectors/unreadable.ts';

export interface CompiledPolicy {
  policy: NamedPolicy;
  /** Judges a subject; equal outcomes are the same object. */
  judge: (facts: Facts) => TraceStep;
}

interface ReadSelector extends Entry {
  kind: SelectorKind;
}

/** The selectors of one kind in one list. */
interface Lookup {
  kind: SelectorKind;
  first: number;
  match: Matcher;
}

/** Gives the step when a list stops the policy from matching, undefined when it lets it pass. */
type Stop = (facts: Facts) => TraceStep | undefined;
type MakeStep = (matched: boolean, because: string) => TraceStep;

/**
 * Compiles a policy once so that judging is a few look-ups. It matches when any include, every require and
 * no exclude does; what is unknown makes an include or require fail and an exclude match. A service token is
 * allowed by nothing but its own name among the includes: an address, which anybody may come from, blocks it
 * but never lets it in.
 */
export function compilePolicy(level: TraceStep['level'], policy: NamedPolicy): CompiledPolicy {
  const { id, spec } = policy;
  const step: MakeStep = (matched, because) =>
    Object.freeze({ level, policy: id, action: spec.action, matched, because });
  const included = readSelectors(spec.include);
  const include = compileInclude(included, included, step);
  const includeService =
    spec.action === 'allow' ? compileInclude(included, included.filter(namesService), step) : include;
  const require = compileRequire(readSelectors(spec.require), step);
  const exclude = compileExclude(readSelectors(spec.exclude), step);
  const judge = (facts: Facts): TraceStep => {
    const found = facts.serviceToken === undefined ? include(facts) : includeService(facts);
    return found.matched ? (require(facts) ?? exclude(facts) ?? found) : found;
  };
  return { policy, judge };
}

const namesService = ({ kind }: ReadSelector): boolean => kind === serviceToken;

/** `counted` are those of the list that may match. */
function compileInclude(
  include: readonly ReadSelector[],
  counted: readonly ReadSelector[],
  step: MakeStep,
): (facts: Facts) => TraceStep {
  const lookups = lookupsOf(counted);
  const matched = onePerKey((position) => step(true, includeMatched(at(include, position))));
  const failed = onePerKey((unknown) => {
    const kinds = lookups.filter((_, bit) => unknown & (1 << bit)).map(({ kind }) => kind);
    return step(false, noIncludeMatched(include, kinds));
  });
  return (facts) => {
    let lowest = NONE;
    let unknown = 0;
    for (let bit = 0; bit < lookups.length; bit++) {
      const found = lookups[bit]?.match(facts) ?? NONE;
      if (found === UNKNOWN) unknown |= 1 << bit;
      else if (found !== NONE && (lowest === NONE || found < lowest)) lowest = found;
    }
    return lowest === NONE ? failed(unknown) : matched(lowest);
  };
}

function compileRequire(require: readonly ReadSelector[], step: MakeStep): Stop {
  const lookups = require.map((selector) => lookupOf(selector.kind, [selector]));
  const failed = onePerKey((position) => step(false, requireFailed(at(require, position), false)));
  const unknown = onePerKey((position) => step(false, requireFailed(at(require, position), true)));
  return (facts) => {
    for (const { match, first } of lookups) {
      const found = match(facts);
      if (found === NONE) return failed(first);
      if (found === UNKNOWN) return unknown(first);
    }
    return undefined;
  };
}

function compileExclude(exclude: readonly ReadSelector[], step: MakeStep): Stop {
  const lookups = lookupsOf(exclude);
  const matched = onePerKey((position) => step(false, excludeMatched(at(exclude, position), false)));
  const unknown = onePerKey((position) => step(false, excludeMatched(at(exclude, position), true)));
  return (facts) => {
    let lowest = NONE;
    let known = true;
    for (const { match, first } of lookups) {
      const found = match(facts);
      const position = found === UNKNOWN ? first : found;
      if (position === NONE || (lowest !== NONE && position > lowest)) continue;
      lowest = position;
      known = found !== UNKNOWN;
    }
    if (lowest === NONE) return undefined;
    return known ? matched(lowest) : unknown(lowest);
  };
}

function readSelectors(selectors: readonly Selector[]): ReadSelector[] {
  return selectors.map((selector, position) => {
    for (const kind of selectorKinds) {
      const value = kind.read(selector);
      if (value !== undefined) return { kind, value, position };
    }
    return { kind: unreadable, value: unreadable.read(selector) ?? '', position };
  });
}

const lookupOf = (kind: SelectorKind, entries: readonly Entry[]): Lookup => ({
  kind,
  first: entries[0]?.position ?? NONE,
  match: kind.compile(entries),
});

const lookupsOf = (list: readonly ReadSelector[]): Lookup[] =>
  [...Map.groupBy(list, ({ kind }) => kind)].map(([kind, entries]) => lookupOf(kind, entries));

function at(list: readonly ReadSelector[], position: number): ReadSelector {
  const selector = list[position];
  if (!selector) throw new RangeError(`A policy's list has no selector ${position}`);
  return selector;
}

/** Steps are made when they are first needed: a list may have a thousand selectors, and few ever decide. */
function onePerKey(make: (key: number) => TraceStep): (key: number) => TraceStep {
  const made = new Map<number, TraceStep>();
  return (key) => {
    const earlier = made.get(key);
    if (earlier) return earlier;
    const step = make(key);
    made.set(key, step);
    return step;
  };
}
