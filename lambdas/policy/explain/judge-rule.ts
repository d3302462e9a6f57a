import type { Selector } from '../../shared/documents/selector.ts';
import type { Reading, RuleLists } from '../compile-rule.ts';
import { describeSelector } from '../explain-policy.ts';
import type { Facts } from '../facts.ts';
import { kindOf } from '../selectors/kinds.ts';
import { NONE, OPEN, type SelectorKind, UNKNOWN } from '../selectors/selector-kind.ts';
import { type Mentioned, shownValue } from './shown-value.ts';

/** What a selector says of a subject. */
export type Verdict = 'matches' | 'does not match' | 'unknown' | 'open';

/** One selector of a rule, judged by itself. */
export interface JudgedSelector {
  /** Its place in the rule, such as `require[1]`. */
  at: string;
  list: keyof RuleLists;
  /** For example `ipRange "10.0.0.0/8"`. */
  text: string;
  /** What it looks at, in words. */
  attribute: string;
  verdict: Verdict;
  /** Whether it counts as matched where it stands: what is unknown counts against the holder. */
  counts: boolean;
  /** What the subject has there; undefined is unknown. */
  actual: unknown;
  /** The rules of the group that it names. */
  group: { id: string; rule: JudgedRule } | undefined;
}

/** A rule with all of its selectors judged, also those that nobody had to look at to decide. */
export interface JudgedRule {
  holds: boolean;
  include: readonly JudgedSelector[];
  require: readonly JudgedSelector[];
  exclude: readonly JudgedSelector[];
}

/** Who is judged by whom. */
export interface Judgement {
  facts: Facts;
  mentioned: Mentioned;
}

function verdictOf(found: number): Verdict {
  if (found === UNKNOWN) return 'unknown';
  if (found === OPEN) return 'open';
  return found === NONE ? 'does not match' : 'matches';
}

function counting(verdict: Verdict, granting: boolean): boolean {
  if (verdict === 'unknown') return !granting;
  return verdict === 'open' ? granting : verdict === 'matches';
}

function judgedGroup(selector: Selector, reading: Reading, judgement: Judgement): JudgedSelector['group'] {
  if (!('ruleGroup' in selector)) return undefined;
  const id = selector.ruleGroup;
  const { named, within = [] } = reading;
  const lists = named.groups.get(id);
  if (!lists || within.includes(id)) return undefined;
  return { id, rule: judgeRule(lists, { ...reading, within: [...within, id] }, judgement) };
}

function judgeList(
  lists: RuleLists,
  list: keyof RuleLists,
  reading: Reading,
  judgement: Judgement,
): JudgedSelector[] {
  const { facts, mentioned } = judgement;
  const { named, services, requestOpen, granting, namedOnly } = reading;
  return lists[list].map((selector, index) => {
    const kind: SelectorKind = kindOf(selector);
    const group = judgedGroup(selector, reading, judgement);
    const context = { named, services, requestOpen, group: () => group && (() => group.rule.holds) };
    const ignored = namedOnly && !kind.namesServices;
    const match = kind.compile([{ selector, position: 0 }], context);
    const verdict = ignored ? 'does not match' : verdictOf(match(facts));
    return {
      at: `${list}[${index}]`,
      list,
      text: describeSelector({ kind, selector }),
      attribute: kind.attribute,
      verdict,
      counts: counting(verdict, granting),
      actual: shownValue(kind, selector, facts, mentioned),
      group,
    };
  });
}

/** Judges each selector of a rule by itself, by the same kinds that decide. */
export function judgeRule(lists: RuleLists, reading: Reading, judgement: Judgement): JudgedRule {
  const others = { ...reading, namedOnly: false };
  const include = judgeList(lists, 'include', reading, judgement);
  const require = judgeList(lists, 'require', others, judgement);
  const exclude = judgeList(lists, 'exclude', { ...others, granting: !reading.granting }, judgement);
  const holds =
    include.some(({ counts }) => counts) &&
    require.every(({ counts }) => counts) &&
    !exclude.some(({ counts }) => counts);
  return { holds, include, require, exclude };
}

/** The selector that made a rule hold or fail; undefined when several includes failed together. */
export function deciderOf({ include, require, exclude }: JudgedRule): JudgedSelector | undefined {
  const included = include.find(({ counts }) => counts);
  if (!included) return include.length === 1 ? include[0] : undefined;
  return require.find(({ counts }) => !counts) ?? exclude.find(({ counts }) => counts) ?? included;
}
