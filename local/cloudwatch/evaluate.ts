import type { MetricId, Statistic } from './metric-data.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What an alarm looks at: one metric, or a sum and difference of several. */
export interface Term {
  sign: 1 | -1;
  metric: MetricId;
  statistic: Statistic;
}

/** An alarm as the template declares it (`AWS::CloudWatch::Alarm`). */
export interface AlarmView {
  name: string;
  arn: string;
  description: string;
  /** ARNs of what is told when it is raised, and when it is over. */
  alarmActions: readonly string[];
  okActions: readonly string[];
  terms: readonly Term[];
  periodSeconds: number;
  threshold: number;
  comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold';
  evaluationPeriods: number;
  datapointsToAlarm: number;
  treatMissingData: 'breaching' | 'notBreaching';
}

type Rule = Pick<
  AlarmView,
  'comparison' | 'datapointsToAlarm' | 'evaluationPeriods' | 'threshold' | 'treatMissingData'
>;

/** How many periods more than its own an alarm looks back for values, so that a late one does not decide. */
export const LOOKED_BACK_FURTHER = 2;

/**
 * Judges the periods of an alarm's evaluation range, the latest first. Where some have no value, the latest ones that
 * have one are taken; only what is then still missing is filled in.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function evaluate(rule: Rule, values: readonly (number | undefined)[]): 'OK' | 'ALARM' {
  const there = values.filter((value) => value !== undefined).slice(0, rule.evaluationPeriods);
  const missing = rule.evaluationPeriods - there.length;
  const breaching = there.filter((value) =>
    rule.comparison === 'LessThanThreshold' ? value < rule.threshold : value >= rule.threshold,
  ).length;
  const filled = rule.treatMissingData === 'breaching' ? missing : 0;
  return breaching + filled >= rule.datapointsToAlarm ? 'ALARM' : 'OK';
}
