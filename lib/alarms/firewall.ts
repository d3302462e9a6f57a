import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Aws, Duration } from 'aws-cdk-lib/core';
import type { Alarms } from '../alarms.ts';

/** @param metricName of the web ACL's own visibility configuration. */
export function watchFirewall(alarms: Alarms, metricName: string): void {
  alarms.add('FirewallBlocking', {
    metric: new Metric({
      namespace: 'AWS/WAFV2',
      metricName: 'BlockedRequests',
      dimensionsMap: { WebACL: metricName, Region: Aws.REGION, Rule: 'ALL' },
      statistic: Stats.SUM,
      period: Duration.minutes(5),
    }),
    threshold: 1000,
    says: 'the firewall blocks many requests: an attack, or many people behind one address.',
    runbook: 'firewall-blocking',
  });
}
