import type { OverdueWork } from '../../../lambdas/admin/health/answer.ts';
import { type Check, type Finding, fail, pass } from '../check.ts';
import { healthOf, known } from '../known-part.ts';
import { health } from './health.ts';

/** It ticks each minute; a tick that failed is made up for by the next. */
const LATE_MS = 3 * 60_000;

const LOG = 'Read the log of dispatch-tick; docs/runbook.md#tick-missing goes on from there.';

/** What the last tick and the work that waits mean. */
export function judgeSchedules(
  { lastTick, overdue }: { lastTick: string | null; overdue: readonly OverdueWork[] },
  now: Date,
): Finding {
  if (lastTick === null)
    return fail(
      'the dispatcher has not run yet',
      'Nothing that is due is done: no key rotation, no sweep.',
      `Right after the first deployment, wait two minutes and run the command again. Later: is the rule EveryMinute of the stack enabled? ${LOG}`,
    );
  const age = now.getTime() - Date.parse(lastTick);
  const ago = `last tick ${Math.max(0, Math.round(age / 1000))} s ago`;
  if (age > LATE_MS)
    return fail(
      `${ago}, at ${lastTick}`,
      'It runs each minute. Since then nothing that is due was done.',
      `Is the rule EveryMinute of the stack enabled? ${LOG}`,
    );
  if (overdue.length > 0)
    return fail(
      `overdue: ${overdue.map(({ job, since }) => `${job} since ${since}`).join(', ')}`,
      'The dispatcher runs and does not hand these jobs on.',
      LOG,
    );
  return pass(`${ago}, nothing overdue`);
}

/** The dispatcher runs, and nothing waits for it. */
export const schedules: Check = {
  name: 'schedules',
  after: [health],
  async examine(visit) {
    const { lastTick, overdue, clock } = healthOf(visit);
    return judgeSchedules({ lastTick: known(lastTick), overdue: known(overdue) }, new Date(clock));
  },
};
