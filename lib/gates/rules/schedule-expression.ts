import type { Rule } from '../rule.ts';
import { faultOfSchedule } from '../schedule-expression.ts';
import { ofType } from '../template.ts';
import { textOf } from '../text.ts';

/** EventBridge judges schedule expressions only when the stack is deployed. */
export const scheduleExpression: Rule = {
  id: 'schedule-expression',
  description: 'Schedules of EventBridge are ones that it accepts',
  *check(template) {
    for (const [logicalId, { Type, Properties }] of ofType(
      template,
      'AWS::Events::Rule',
      'AWS::Scheduler::Schedule',
    )) {
      const expression = textOf(Properties.ScheduleExpression);
      if (expression === undefined) continue;
      const fault = faultOfSchedule(expression, Type === 'AWS::Scheduler::Schedule');
      if (fault) yield { logicalId, location: 'ScheduleExpression', message: `${expression} ${fault}` };
    }
  },
};
