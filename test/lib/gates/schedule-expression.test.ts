import { describe, expect, it } from '@jest/globals';
import { faultOfSchedule } from '../../../lib/gates/schedule-expression.ts';

describe('a schedule expression', () => {
  it.each([
    'rate(1 minute)',
    'rate(5 minutes)',
    'rate(1 hour)',
    'rate(24 hours)',
    'rate(1 day)',
    'cron(0 12 * * ? *)',
    'cron(0/15 8-17 ? * MON-FRI *)',
    'cron(0 0 L * ? *)',
    'cron(0 0 3W * ? *)',
    'cron(0 9 ? * 2#1 *)',
    'cron(0 9 ? JAN,JUL FRIL 2026-2030)',
    'cron(*/5 * * * ? *)',
  ])('is good: %s', (expression) => {
    expect(faultOfSchedule(expression, false)).toBeUndefined();
  });

  it.each([
    ['rate(1 minutes)', 'must say "minute" for 1'],
    ['rate(2 minute)', 'must say "minutes" for more than 1'],
    ['rate(0 minutes)', 'at least 1'],
    ['rate(1.5 hours)', 'must be a number'],
    ['rate(5 seconds)', 'minutes, hours or days'],
    ['rate(5minutes)', 'must be a number'],
    ['cron(0 12 * * ?)', 'has 5 fields; it needs 6'],
    ['cron(0 0 12 * * ? *)', 'has 7 fields'],
    ['cron(0 12 1 * MON *)', 'must have ? in either'],
    ['cron(0 12 * * * *)', 'must have ? in either'],
    ['cron(0 12 ? * ? *)', 'and not in both'],
    ['cron(60 12 * * ? *)', 'no valid minutes: 60'],
    ['cron(0 24 * * ? *)', 'no valid hours: 24'],
    ['cron(0 12 0 * ? *)', 'no valid day of the month'],
    ['cron(0 12 32 * ? *)', 'no valid day of the month'],
    ['cron(0 12 * 13 ? *)', 'no valid month: 13'],
    ['cron(0 12 ? * 0 *)', 'no valid day of the week: 0'],
    ['cron(0 12 ? * MON#6 *)', 'no valid day of the week'],
    ['cron(0 12 * * ? 1969)', 'no valid year'],
    ['cron(0/0 12 * * ? *)', 'no valid minutes'],
    ['cron(0 ? * * ? *)', 'no valid hours'],
    ['cron(FRI 12 * * ? *)', 'no valid minutes'],
    ['every minute', 'is neither rate(…) nor cron(…)'],
    ['at(2026-11-20T13:00:00)', 'is neither rate(…) nor cron(…)'],
  ])('is refused: %s', (expression, fault) => {
    expect(faultOfSchedule(expression, false)).toContain(fault);
  });

  it('may be one time for the Scheduler', () => {
    expect(faultOfSchedule('at(2026-11-20T13:00:00)', true)).toBeUndefined();
    expect(faultOfSchedule('at(2026-11-20)', true)).toContain('must be a time');
    expect(faultOfSchedule('at(2026-13-20T13:00:00)', true)).toContain('must be a time');
  });
});
