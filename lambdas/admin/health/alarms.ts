import type { Alarm } from './answer.ts';
import { IMPATIENT } from './part.ts';

/** The section that an alarm's description ends with, such as `docs/runbook.md#dead-letters`. */
export const sectionIn = (description: string): string | null =>
  /(\S*#[\w-]+)[.)]?\s*$/.exec(description)?.[1] ?? null;

/**
 * CloudFormation names an alarm `<stack>-<logical id>-<random>`, of letters and digits; more parts belong to a stack
 * whose name begins like this one's.
 */
const isOf = (stack: string, name: string): boolean => name.slice(stack.length + 1).split('-').length <= 2;

/** Reads the alarms of a stack. The client is loaded by the first use: no other request needs it. */
export function alarmsOf(stack: string): () => Promise<Alarm[]> {
  return async () => {
    const { CloudWatchClient, paginateDescribeAlarms } = await import('@aws-sdk/client-cloudwatch');
    const client = new CloudWatchClient(IMPATIENT);
    const found: Alarm[] = [];
    for await (const { MetricAlarms } of paginateDescribeAlarms(
      { client },
      { AlarmNamePrefix: `${stack}-` },
    )) {
      for (const each of MetricAlarms ?? []) {
        const { AlarmName = '', AlarmDescription = '', StateValue, StateReason = '' } = each;
        const since = each.StateTransitionedTimestamp ?? each.StateUpdatedTimestamp;
        if (!isOf(stack, AlarmName)) continue;
        found.push({
          name: AlarmName,
          state: StateValue ?? 'INSUFFICIENT_DATA',
          reason: StateReason,
          since: since?.toISOString() ?? null,
          description: AlarmDescription,
          runbook: sectionIn(AlarmDescription),
        });
      }
    }
    return found;
  };
}
