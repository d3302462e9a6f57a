import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { Alarms } from '../alarms.ts';
import type { BundledFunction } from '../function.ts';
import type { JobQueue } from '../job-queue.ts';

/** Jobs that were given up or wait too long, by the names of their queues. */
export function watchJobs(alarms: Alarms, queues: Readonly<Record<string, JobQueue>>): void {
  for (const [name, { queue, deadLetters }] of Object.entries(queues)) {
    alarms.add(`${name}GivenUp`, {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: Duration.minutes(1),
        statistic: Stats.MAXIMUM,
      }),
      threshold: 1,
      says: 'a job failed three times and lies in the dead-letter queue.',
      runbook: 'jobs-given-up',
    });
    alarms.add(`${name}Late`, {
      metric: queue.metricApproximateAgeOfOldestMessage({
        period: Duration.minutes(5),
        statistic: Stats.MAXIMUM,
      }),
      // A job that fails is tried for 18 minutes before it is given up.
      threshold: Duration.minutes(20).toSeconds(),
      says: 'jobs wait for more than 20 minutes.',
      runbook: 'jobs-late',
    });
  }
}

/** Nothing that is due is done while this is raised. */
export function watchTick(alarms: Alarms, tick: BundledFunction): void {
  alarms.add('TickMissing', {
    metric: tick.live.metricInvocations({ period: Duration.minutes(5) }),
    threshold: 1,
    comparison: 'below',
    silence: 'bad',
    says: 'the dispatcher is not invoked any more.',
    runbook: 'tick-missing',
  });
}
