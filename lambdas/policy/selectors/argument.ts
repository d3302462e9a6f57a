import type { ArgumentSelector } from '../../shared/documents/argument-selector.ts';
import { selectorKind } from './selector-kind.ts';

/** Stands for whatever arguments a call may have, where there is no call yet. */
export const ANY_ARGUMENTS = Symbol('any arguments');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Stands for a value in something that has no members here, though a server may find some in it: a text of JSON. */
const UNREADABLE = Symbol('unreadable');

/** Every value at a path; undefined stands for one that is not there. */
function valuesAt(from: unknown, path: readonly string[]): unknown[] {
  const [step, ...rest] = path;
  if (step === undefined || from === undefined) return [from];
  if (step === '[]')
    return Array.isArray(from) ? from.flatMap((value) => valuesAt(value, rest)) : [UNREADABLE];
  if (!isObject(from)) return [UNREADABLE];
  return Object.hasOwn(from, step) ? valuesAt(from[step], rest) : [undefined];
}

const stepsOf = (path: string): string[] => path.split('.').flatMap((part) => part.split(/(?=\[\])/));

/** The values that a call has at a path, one alone by itself; undefined where it has none or is not known. */
export function argumentValues(args: unknown, path: string): unknown {
  if (args === ANY_ARGUMENTS || args === undefined) return undefined;
  const [first, ...others] = valuesAt(args, stepsOf(path)).map((value) =>
    value === UNREADABLE ? undefined : value,
  );
  return others.length === 0 ? first : [first, ...others];
}

type Comparison = (value: unknown) => boolean | undefined;

/** Of the other type than the comparison's, nobody can say: a server may read `"10"` as a number. */
function comparisonOf(selector: ArgumentSelector): Comparison {
  const { exists, equals, oneOf, startsWith, endsWith, contains } = selector;
  if (exists !== undefined)
    return (value) => (value === UNREADABLE ? undefined : (value !== undefined) === exists);
  const wanted = oneOf ?? (equals === undefined ? undefined : [equals]);
  if (wanted)
    return (value) => {
      if (wanted.some((one) => one === value)) return true;
      return wanted.every((one) => typeof one === typeof value && (one === null) === (value === null))
        ? false
        : undefined;
    };
  if (startsWith !== undefined) return text((value) => value.startsWith(startsWith));
  if (endsWith !== undefined) return text((value) => value.endsWith(endsWith));
  if (contains !== undefined) return text((value) => value.includes(contains));
  return numeric(selector);
}

const text =
  (holds: (value: string) => boolean): Comparison =>
  (value) =>
    typeof value === 'string' ? holds(value) : undefined;

function numeric({ lessThan, atMost, greaterThan, atLeast }: ArgumentSelector): Comparison {
  return (value) => {
    if (typeof value !== 'number') return undefined;
    if (lessThan !== undefined) return value < lessThan;
    if (atMost !== undefined) return value <= atMost;
    if (greaterThan !== undefined) return value > greaterThan;
    return atLeast === undefined ? undefined : value >= atLeast;
  };
}

/**
 * An argument of the call compares so. Of several values at a path all or none have to: where some do, nobody can
 * say, and neither where the argument is missing or of another type.
 */
export const argument = selectorKind({
  name: 'argument',
  attribute: 'arguments',
  judge: (selector) => {
    const steps = stepsOf(selector.path);
    const compare = comparisonOf(selector);
    return ({ target }) => {
      if (target.arguments === ANY_ARGUMENTS) return 'open';
      if (target.arguments === undefined) return undefined;
      const [first, ...others] = valuesAt(target.arguments, steps).map(compare);
      return others.every((other) => other === first) ? first : undefined;
    };
  },
  actual: ({ target }) => (target.arguments === ANY_ARGUMENTS ? undefined : target.arguments),
});
