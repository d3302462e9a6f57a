import type { JudgedRule, JudgedSelector } from './judge-rule.ts';

/** Something about the subject or the request that would have to be different. */
export interface Need {
  /** The selector, such as `require[1]`, `include` where any of them would do, `include[0] > require[1]` within a group. */
  at: string;
  /** For example `require ipRange "10.0.0.0/8": has "192.0.2.7"`. */
  text: string;
}

/** Of a long list the first few are shown. */
const MOST_SHOWN = 5;

const few = (texts: readonly string[]): string => {
  const left = texts.length - MOST_SHOWN;
  return [...texts.slice(0, MOST_SHOWN), ...(left > 0 ? [`and ${left} more`] : [])].join(', ');
};

const write = (value: unknown): string =>
  (typeof value === 'string' ? `"${value}"` : JSON.stringify(value)).slice(0, 200);

const has = ({ verdict, actual }: JudgedSelector): string => {
  if (verdict === 'open') return 'left open';
  return verdict === 'unknown' || actual === undefined ? 'unknown' : `has ${write(actual)}`;
};

/** What the subject has, by attribute, of several selectors. */
function hasEach(selectors: readonly JudgedSelector[]): string {
  const byAttribute = new Map(selectors.map((one) => [one.attribute, has(one)]));
  if (byAttribute.size === 1) return [...byAttribute.values()].join('');
  return few([...byAttribute].map(([attribute, held]) => `${attribute} ${held}`));
}

function within(outer: JudgedSelector, id: string, needs: readonly Need[]): Need[] {
  return needs.map(({ at, text }) => ({
    at: `${outer.at} > ${at}`,
    text: `${outer.list} ruleGroup "${id}": ${text}`,
  }));
}

/** A selector that has to count, where it does not. */
function needOf(selector: JudgedSelector, verb: string = selector.list): Need[] {
  const { group, at, text } = selector;
  if (group) return within(selector, group.id, needsToHold(group.rule));
  return [{ at, text: `${verb} ${text}: ${has(selector)}` }];
}

/** A selector that must not count, where it does; of a group any one need is enough. */
function needNot(selector: JudgedSelector): Need[] {
  const { group, at, list, text } = selector;
  if (group) return within(selector, group.id, needsToFail(group.rule));
  return [{ at, text: `not ${list} ${text}: ${has(selector)}` }];
}

function neededIncludes(include: readonly JudgedSelector[]): Need[] {
  if (include.some(({ counts }) => counts)) return [];
  const [only] = include;
  if (only && include.length === 1) return needOf(only);
  return [
    { at: 'include', text: `include any of ${few(include.map(({ text }) => text))}: ${hasEach(include)}` },
  ];
}

/** All that would have to be different for a rule to hold; nothing for one that holds. */
export function needsToHold({ include, require, exclude }: JudgedRule): Need[] {
  return [
    ...neededIncludes(include),
    ...require.filter(({ counts }) => !counts).flatMap((selector) => needOf(selector)),
    ...exclude.filter(({ counts }) => counts).flatMap(needNot),
  ];
}

/** What would make a rule that holds fail, any one of it. */
export function needsToFail({ include, require, exclude }: JudgedRule): Need[] {
  const [only, ...more] = include.filter(({ counts }) => counts);
  const together = [only, ...more].flatMap((one) => one ?? []);
  const none: Need = {
    at: 'include',
    text: `none of include ${few(together.map(({ text }) => text))}: ${hasEach(together)}`,
  };
  return [
    ...(only && more.length === 0 ? needNot(only) : [none]),
    ...require.flatMap(needNot),
    ...exclude.slice(0, MOST_SHOWN).flatMap((selector) => needOf(selector)),
  ];
}
