import type { Alarm } from '../../../lambdas/admin/health/answer.ts';
import { type Check, type Finding, fail, pass } from '../check.ts';
import { healthOf, known } from '../known-part.ts';
import { health } from './health.ts';

const describe = ({ name, since, reason }: Alarm) => `${name} since ${since ?? 'an unknown time'}: ${reason}`;

/** What the states of the alarms mean. */
export function judgeAlarms(alarms: readonly Alarm[]): Finding {
  if (alarms.length === 0)
    return fail(
      'there are none',
      'Nobody is told when something goes wrong.',
      'The stack has alarms: deploy again, and look in CloudWatch whether somebody deleted or renamed them.',
    );
  const ringing = alarms.filter(({ state }) => state === 'ALARM');
  if (ringing.length > 0) {
    const sections = new Set(ringing.map(({ runbook }) => runbook ?? 'docs/runbook.md#alarms'));
    return fail(
      `${ringing.length} of ${alarms.length} in ALARM: ${ringing.map(describe).join('; ')}`,
      ringing.map(({ description }) => description).join(' '),
      `The runbook says what to do: ${[...sections].join(', ')}.`,
    );
  }
  const quiet = alarms.filter(({ state }) => state === 'INSUFFICIENT_DATA').length;
  return pass(`${alarms.length}, none in ALARM${quiet > 0 ? ` (${quiet} have no data yet)` : ''}`);
}

/** No alarm of the stack is in ALARM. */
export const alarms: Check = {
  name: 'alarms',
  after: [health],
  examine: async (visit) => judgeAlarms(known(healthOf(visit).alarms)),
};
