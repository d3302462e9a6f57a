interface Field {
  name: string;
  low: number;
  high: number;
  /** Names for values, the first one for `low`. */
  names?: readonly string[];
  /** What a field may say besides numbers, lists, ranges and steps. */
  special?: RegExp;
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const FIELDS: readonly Field[] = [
  { name: 'minutes', low: 0, high: 59 },
  { name: 'hours', low: 0, high: 23 },
  { name: 'day of the month', low: 1, high: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { name: 'month', low: 1, high: 12, names: MONTHS },
  {
    name: 'day of the week',
    low: 1,
    high: 7,
    names: DAYS,
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/i,
  },
  { name: 'year', low: 1970, high: 2199 },
];

/**
 * What is wrong with a schedule expression of EventBridge, or undefined.
 * @param once whether `at(…)` is allowed: by the Scheduler, not by rules.
 * @see https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function faultOfSchedule(expression: string, once: boolean): string | undefined {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'rate') return faultOfRate(argument);
  if (kind === 'cron') return faultOfCron(argument);
  if (kind === 'at' && once) return faultOfTime(argument);
  return `is neither rate(…) nor cron(…)${once ? ' nor at(…)' : ''}.`;
}

function faultOfRate(argument: string): string | undefined {
  const [, value = '', unit, plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(argument) ?? [];
  if (unit === undefined) return 'must be a number, a space, and minutes, hours or days.';
  if (Number(value) === 0) return 'must be at least 1.';
  if (Number(value) === 1 && plural) return `must say "${unit}" for 1.`;
  if (Number(value) > 1 && !plural) return `must say "${unit}s" for more than 1.`;
  return undefined;
}

function faultOfCron(argument: string): string | undefined {
  const values = argument.split(' ');
  if (values.length !== FIELDS.length)
    return `has ${values.length} fields; it needs ${FIELDS.length}: ${FIELDS.map(({ name }) => name).join(', ')}.`;
  for (const [index, field] of FIELDS.entries()) {
    const value = values[index] ?? '';
    if (!value.split(',').every((part) => isPart(field, part)))
      return `has no valid ${field.name}: ${value} (${field.low} to ${field.high}).`;
  }
  const open = [values[2], values[4]].filter((value) => value === '?').length;
  if (open !== 1)
    return 'must have ? in either the day of the month or the day of the week, and not in both.';
  return undefined;
}

function isPart(field: Field, part: string): boolean {
  if (part === '*' || field.special?.test(part)) return true;
  const [range = '', step, ...rest] = part.split('/');
  if (rest.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*') return true;
  const [from = '', to, ...more] = range.split('-');
  if (more.length > 0) return false;
  const bounds = [from, ...(to === undefined ? [] : [to])].map((text) => numberOf(field, text));
  return bounds.every((bound) => bound >= field.low && bound <= field.high);
}

function numberOf({ low, names = [] }: Field, text: string): number {
  const named = names.indexOf(text.toUpperCase());
  if (named >= 0) return low + named;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function faultOfTime(argument: string): string | undefined {
  const isTime =
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(argument) && !Number.isNaN(Date.parse(`${argument}Z`));
  return isTime ? undefined : 'must be a time such as 2026-11-20T13:00:00.';
}
