import { type Alarm, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Duration } from 'aws-cdk-lib/core';
import type { Alarms } from '../alarms.ts';
import type { FrontDoor } from '../front-door.ts';

/** What the gateway answers; the returned one says that a version of ours is bad. */
export function watchGateway(alarms: Alarms, { api, accessLog }: FrontDoor, deployment: string): Alarm {
  const throttled = {
    // Filters of logs know no fixed dimensions: the namespace tells deployments apart.
    metricNamespace: `Sallyport/${deployment}`,
    metricName: 'ThrottledRequests',
  };
  // API Gateway counts throttled requests with all other 4XX, of which each client's first request is one.
  new MetricFilter(alarms, 'ThrottledFilter', {
    logGroup: accessLog,
    filterPattern: FilterPattern.stringValue('$.status', '=', '429'),
    metricValue: '1',
    ...throttled,
  });
  alarms.add('RequestsThrottled', {
    metric: new Metric({
      namespace: throttled.metricNamespace,
      metricName: throttled.metricName,
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    }),
    threshold: 100,
    says: 'API Gateway turns requests away with 429.',
    runbook: 'requests-throttled',
  });
  return alarms.add('ServerErrors', {
    // Without the stage: the stage depends on the functions, whose deployments depend on this alarm.
    metric: api.metricServerError({ period: Duration.minutes(1), statistic: Stats.SUM }),
    threshold: 10,
    bad: { periods: 2, of: 3 },
    says: 'requests are answered with 5XX.',
    runbook: 'server-errors',
  });
}
