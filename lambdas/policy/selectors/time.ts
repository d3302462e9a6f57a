import type { LocalTime } from '../local-time.ts';
import { selectorKind } from './selector-kind.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const DAY_MINUTES = 1_440;

const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** A window of the day on some days; one over midnight belongs to the day on which it begins. */
export const time = selectorKind({
  name: 'time',
  attribute: 'time',
  continuous: true,
  judge: ({ days, from, to, timeZone }) => {
    const begins = minutes(from);
    const ends = minutes(to) || DAY_MINUTES;
    const on = new Set(days.map((day) => DAYS.indexOf(day)));
    const within = ({ day, minute }: LocalTime): boolean => {
      if (begins < ends) return on.has(day) && minute >= begins && minute < ends;
      return (on.has(day) && minute >= begins) || (on.has((day + 6) % 7) && minute < ends);
    };
    return (facts) => within(facts.localTime(timeZone));
  },
  actual: ({ now }) => new Date(now).toISOString(),
});
