import type { Rule } from '../rule.ts';
import { ofType, valueAt } from '../template.ts';

/** Logs name people: those that nobody deletes are kept for ever. */
export const logRetention: Rule = {
  id: 'log-retention',
  description: 'Every log group forgets, and every function writes to one that the template knows',
  *check(template) {
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::Logs::LogGroup')) {
      if (Properties.RetentionInDays === undefined)
        yield { logicalId, location: 'RetentionInDays', message: 'must say when logs are deleted.' };
    }
    for (const [logicalId, { Properties }] of ofType(template, 'AWS::Lambda::Function')) {
      if (valueAt(Properties, 'LoggingConfig.LogGroup') === undefined)
        yield {
          logicalId,
          location: 'LoggingConfig.LogGroup',
          message: 'must name a log group: the one that Lambda makes by itself keeps logs for ever.',
        };
    }
  },
};
