import type { RuleGroupSpec } from '../shared/documents/rule-group.ts';
import type { Selector } from '../shared/documents/selector.ts';
import { excludeMatched, includeMatched, noIncludeMatched, requireFailed } from './explain-policy.ts';
import type { Facts } from './facts.ts';
import { ListScan, type ReadSelector } from './scan-list.ts';
import { kindOf } from './selectors/kinds.ts';
import { type CompileContext, NONE, type SelectorKind } from './selectors/selector-kind.ts';

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
export interface Reading extends Omit<CompileContext, 'group'> {
  /** Whether a rule that holds lets somebody in: what is unknown counts against the holder either way. */
  granting: boolean;
  /** Only a selector that names service tokens can include one: an address, which anybody may come from, cannot. */
  namedOnly: boolean;
  /** Groups being read, so that one that contains itself ends as unknown. */
  within?: readonly string[];
}

export interface CompiledRule<Result> {
  judge: (facts: Facts) => Result;
  /** The result for whom none of the includes holds, where all that they look at is known. */
  notIncluded: () => Result;
}

/**
 * Compiles rules once so that judging is a few look-ups. What is unknown counts as whatever keeps the holder out, what
 * is left open as whatever lets the holder in.
 * @param finish makes the result of a finding; equal findings give the same result, made when it is first needed.
 */
export function compileRule<Result>(
  lists: RuleLists,
  reading: Reading,
  finish: (finding: Finding) => Result,
): CompiledRule<Result> {
  const { granting } = reading;
  const include = readSelectors(lists.include);
  const require = readSelectors(lists.require);
  const exclude = readSelectors(lists.exclude);
  const may = reading.namedOnly ? include.filter(({ kind }) => kind.namesServices) : include;
  const others = { ...reading, namedOnly: false };
  const included = new ListScan(may, granting, contextOf(reading));
  const required = require.map((selector) => new ListScan([selector], granting, contextOf(others)));
  const excluded = new ListScan(exclude, !granting, contextOf({ ...others, granting: !granting }));
  const results = new Results(finish, { include, require, exclude });

  const judge = (facts: Facts): Result => {
    const position = included.run(facts);
    if (position === NONE) return results.notIncluded(included.unknown);
    for (let index = 0; index < required.length; index++) {
      const scan = required[index];
      if (scan?.run(facts) === NONE) return results.notRequired(index, scan.unknown.length > 0);
    }
    const out = exclude.length === 0 ? NONE : excluded.run(facts);
    return out === NONE ? results.included(position, included.known) : results.excluded(out, excluded.known);
  };
  return { judge, notIncluded: () => results.notIncluded([]) };
}

type ReadLists = { readonly [List in keyof RuleLists]: readonly ReadSelector[] };

/** Results by what was found: a list may have a thousand selectors, and few ever decide. */
class Results<Result> {
  readonly #finish: (finding: Finding) => Result;
  readonly #lists: ReadLists;
  /** The usual one has a place of its own: most policies match nobody who asks. */
  #nothing: Result | undefined;
  readonly #made = new Map<string, Result>();

  constructor(finish: (finding: Finding) => Result, lists: ReadLists) {
    this.#finish = finish;
    this.#lists = lists;
  }

  notIncluded(unknown: readonly SelectorKind[]): Result {
    if (unknown.length === 0 && this.#nothing !== undefined) return this.#nothing;
    const { include } = this.#lists;
    const at = include.length === 1 ? 'include[0]' : null;
    const names = unknown.map(({ name }) => name).join();
    const result = this.#once(`none ${names}`, () => ({
      holds: false,
      at,
      because: noIncludeMatched(include, unknown),
    }));
    if (unknown.length === 0) this.#nothing = result;
    return result;
  }

  included(position: number, known: boolean): Result {
    return this.#of('include', position, known, (selector) => ({
      holds: true,
      because: includeMatched(selector, !known),
    }));
  }

  notRequired(position: number, unknown: boolean): Result {
    return this.#of('require', position, !unknown, (selector) => ({
      holds: false,
      because: requireFailed(selector, unknown),
    }));
  }

  excluded(position: number, known: boolean): Result {
    return this.#of('exclude', position, known, (selector) => ({
      holds: false,
      because: excludeMatched(selector, !known),
    }));
  }

  #of(
    list: keyof RuleLists,
    position: number,
    known: boolean,
    make: (selector: ReadSelector) => Omit<Finding, 'at'>,
  ): Result {
    const at = `${list}[${position}]`;
    return this.#once(known ? at : `${at} unknown`, () => {
      const selector = this.#lists[list][position];
      if (!selector) throw new RangeError(`A policy has no ${at}`);
      return { ...make(selector), at };
    });
  }

  #once(key: string, make: () => Finding): Result {
    const earlier = this.#made.get(key);
    if (earlier !== undefined) return earlier;
    const result = this.#finish(make());
    this.#made.set(key, result);
    return result;
  }
}

const readSelectors = (selectors: readonly Selector[]): ReadSelector[] =>
  selectors.map((selector, position) => ({ kind: kindOf(selector), selector, position }));

const contextOf = (reading: Reading): CompileContext => ({
  named: reading.named,
  services: reading.services,
  requestOpen: reading.requestOpen,
  group: (id) => compileGroup(id, reading),
});

function compileGroup(id: string, reading: Reading): ((facts: Facts) => boolean) | undefined {
  const { named, within = [] } = reading;
  const group = named.groups.get(id);
  if (!group || within.includes(id)) return undefined;
  return compileRule(group, { ...reading, within: [...within, id] }, ({ holds }) => holds).judge;
}
