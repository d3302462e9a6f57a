import type { Faults } from './fault.ts';

const expression = (value: string) => ({
  what: value,
  type: 'AWS::Events::Rule',
  path: 'Properties.ScheduleExpression',
  value,
});

/** Faults of schedules; more of them in schedule-expression.test.ts. */
export const SCHEDULES: Faults = {
  'schedule-expression': [
    expression('rate(1 minutes)'),
    expression('rate(2 minute)'),
    expression('cron(0 12 * * *)'),
    expression('cron(0 12 1 * MON *)'),
    expression('cron(0 25 * * ? *)'),
  ],
};
