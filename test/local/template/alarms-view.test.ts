import { describe, expect, it } from '@jest/globals';
import { readAlarms, readMetricFilters } from '../../../local/template/alarms-view.ts';
import type { Json } from '../../../local/template/cloud-assembly.ts';
import { Stack } from '../../../local/template/stack.ts';

const stackOf = (Resources: Record<string, { Type: string; Properties: Record<string, Json> }>) =>
  new Stack({ resources: Resources, parameters: {}, assetFolder: () => undefined }, 'http://127.0.0.1:8789');
const shared = {
  AlarmDescription: 'Sallyport A: too many. docs/runbook.md#a',
  AlarmActions: ['arn:topic'],
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  TreatMissingData: 'notBreaching',
};
const simple = {
  ...shared,
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Dimensions: [{ Name: 'FunctionName', Value: 'Fn' }],
  Period: 60,
  Statistic: 'Sum',
};
const read = (properties: Record<string, Json>) =>
  readAlarms(stackOf({ Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: properties } }))[0];
const stat = (Id: string, Stat: string, Period = 300) => ({
  Id,
  MetricStat: { Metric: { Namespace: 'N', MetricName: 'M', Dimensions: [] }, Period, Stat },
  ReturnData: false,
});
const calculated = (Expression: string, ...metrics: Json[]) => ({
  ...shared,
  Metrics: [{ Id: 'e', Expression, ReturnData: true }, ...metrics],
});

describe('an alarm of the template', () => {
  it('has the name that CloudFormation gives: the stack, the logical id', () => {
    expect(read(simple)?.name).toBe('embedded-Alarm');
  });

  it('looks at a metric with its dimensions', () => {
    expect(read(simple)).toMatchObject({
      terms: [{ sign: 1, statistic: 'Sum', metric: { name: 'Errors', dimensions: { FunctionName: 'Fn' } } }],
      periodSeconds: 60,
      evaluationPeriods: 3,
      datapointsToAlarm: 2,
      okActions: [],
    });
  });

  it('looks at sums and differences', () => {
    expect(read(calculated('a - b', stat('a', 'SampleCount'), stat('b', 'Sum')))).toMatchObject({
      terms: [
        { sign: 1, statistic: 'SampleCount' },
        { sign: -1, statistic: 'Sum' },
      ],
      periodSeconds: 300,
    });
  });

  it.each<[string, Record<string, Json>, string]>([
    ['of a percentile', { ...simple, Statistic: 'p99' }, 'Statistic'],
    ['with a period of seconds', { ...simple, Period: 10 }, 'Period'],
    ['that ignores missing data', { ...simple, TreatMissingData: 'ignore' }, 'TreatMissingData'],
    [
      'that compares otherwise',
      { ...simple, ComparisonOperator: 'GreaterThanThreshold' },
      'ComparisonOperator',
    ],
    [
      'with a property that has no meaning here',
      { ...simple, EvaluateLowSampleCountPercentile: 'x' },
      'Evaluate',
    ],
    ['with other metric math', calculated('SUM(METRICS())', stat('a', 'Sum')), 'Expression'],
    [
      'that calculates with what it does not have',
      calculated('a - c', stat('a', 'Sum')),
      'calculates with c',
    ],
    ['over different periods', calculated('a - b', stat('a', 'Sum'), stat('b', 'Sum', 60)), 'same period'],
  ])('%s is refused', (_, properties, reason) => {
    expect(() => read(properties)).toThrow(reason);
  });
});

describe('a metric filter of the template', () => {
  const filters = (properties: Record<string, Json> = {}) =>
    readMetricFilters(
      stackOf({
        Stage: {
          Type: 'AWS::ApiGateway::Stage',
          Properties: { AccessLogSetting: { DestinationArn: 'arn:aws:logs:r:a:log-group:Access' } },
        },
        Filter: {
          Type: 'AWS::Logs::MetricFilter',
          Properties: {
            LogGroupName: 'Access',
            FilterPattern: '{ $.status = "429" }',
            MetricTransformations: [{ MetricNamespace: 'N', MetricName: 'M', MetricValue: '1' }],
            ...properties,
          },
        },
      }),
    );

  it('counts a status in the access log', () => {
    expect(filters()).toEqual([{ status: '429', namespace: 'N', name: 'M', value: 1 }]);
  });

  it('is refused when it looks at another log or for something else', () => {
    expect(() => filters({ LogGroupName: 'Other' })).toThrow('Filter filters a log that is no access log');
    expect(() => filters({ FilterPattern: '{ $.ip = "192.0.2.1" }' })).toThrow('FilterPattern');
  });
});
