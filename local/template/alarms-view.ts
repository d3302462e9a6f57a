import * as z from 'zod';
import type { MetricFilterView } from '../cloudwatch/access-log.ts';
import type { AlarmView, Term } from '../cloudwatch/evaluate.ts';
import type { MetricId } from '../cloudwatch/metric-data.ts';
import type { Stack, StackResource } from './stack.ts';

const statistic = z.enum(['Average', 'Maximum', 'Minimum', 'SampleCount', 'Sum']);
const wholeMinutes = z.int().multipleOf(60).min(60);
const metric = {
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })).default([]),
};
const queried = z.strictObject({
  Id: z.string(),
  MetricStat: z.strictObject({ Metric: z.strictObject(metric), Period: wholeMinutes, Stat: statistic }),
  ReturnData: z.literal(false),
});
const calculated = z.strictObject({
  Id: z.string(),
  // Sums and differences of metrics, and no other metric math.
  Expression: z.string().regex(/^\w+( [+-] \w+)*$/),
  Label: z.string().optional(),
  ReturnData: z.literal(true).optional(),
});
const shared = {
  AlarmName: z.string().optional(),
  AlarmDescription: z.string(),
  AlarmActions: z.array(z.string()).default([]),
  OKActions: z.array(z.string()).default([]),
  ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'LessThanThreshold']),
  DatapointsToAlarm: z.int().min(1).optional(),
  EvaluationPeriods: z.int().min(1),
  Threshold: z.number(),
  TreatMissingData: z.enum(['breaching', 'notBreaching']),
  Tags: z.unknown().optional(),
};
const one = z.strictObject({ ...shared, ...metric, Period: wholeMinutes, Statistic: statistic });
const several = z.strictObject({ ...shared, Metrics: z.array(z.union([queried, calculated])) });
/** Which of the two it is shows at once, so that an error says what is wrong with it. */
const alarm = z.looseObject({}).transform((properties, context) => {
  const parsed = ('Metrics' in properties ? several : one).safeParse(properties);
  if (parsed.success) return parsed.data;
  for (const { message, path } of parsed.error.issues)
    context.addIssue({ code: 'custom', message, path: [...path] });
  return z.NEVER;
});
type Alarm = z.output<typeof alarm>;

const metricId = (of: z.output<typeof queried>['MetricStat']['Metric']): MetricId => ({
  namespace: of.Namespace,
  name: of.MetricName,
  dimensions: Object.fromEntries(of.Dimensions.map(({ Name, Value }) => [Name, Value])),
});

/** What an alarm looks at, and over how many seconds. */
function readTerms(properties: Alarm, logicalId: string): Pick<AlarmView, 'periodSeconds' | 'terms'> {
  if (!('Metrics' in properties)) {
    const term: Term = { sign: 1, metric: metricId(properties), statistic: properties.Statistic };
    return { terms: [term], periodSeconds: properties.Period };
  }
  const stats = new Map(
    properties.Metrics.flatMap((each) => ('MetricStat' in each ? [[each.Id, each.MetricStat] as const] : [])),
  );
  const [expression] = properties.Metrics.flatMap((each) => ('Expression' in each ? [each.Expression] : []));
  const periods = new Set([...stats.values()].map(({ Period }) => Period));
  const [periodSeconds] = periods;
  if (expression === undefined || periodSeconds === undefined || periods.size > 1)
    throw new Error(`${logicalId} needs one expression over metrics of the same period.`);
  const terms = [...`+ ${expression}`.matchAll(/([+-]) (\w+)/g)].map(([, sign, id = '']): Term => {
    const stat = stats.get(id);
    if (!stat) throw new Error(`${logicalId} calculates with ${id}, which is no metric of it.`);
    return { sign: sign === '-' ? -1 : 1, metric: metricId(stat.Metric), statistic: stat.Stat };
  });
  return { terms, periodSeconds };
}

/** @throws Error naming an alarm that cannot be judged as CloudWatch would. */
export const readAlarms = (stack: Stack): AlarmView[] =>
  stack
    .ofType('AWS::CloudWatch::Alarm', alarm)
    .map(({ logicalId, name, attributes, properties }: StackResource<Alarm>) => ({
      name,
      arn: attributes.Arn ?? '',
      description: properties.AlarmDescription,
      alarmActions: properties.AlarmActions,
      okActions: properties.OKActions,
      ...readTerms(properties, logicalId),
      threshold: properties.Threshold,
      comparison: properties.ComparisonOperator,
      evaluationPeriods: properties.EvaluationPeriods,
      datapointsToAlarm: properties.DatapointsToAlarm ?? properties.EvaluationPeriods,
      treatMissingData: properties.TreatMissingData,
    }));

const metricFilter = z.strictObject({
  LogGroupName: z.string(),
  FilterPattern: z.templateLiteral(['{ $.status = "', z.string().regex(/^\d{3}$/), '" }']),
  MetricTransformations: z.tuple([
    z.strictObject({
      MetricNamespace: z.string(),
      MetricName: z.string(),
      MetricValue: z.templateLiteral([z.number()]).transform(Number),
    }),
  ]),
});
const stage = z.object({
  AccessLogSetting: z.object({ DestinationArn: z.string() }).optional(),
});

/** The filters of the access log. @throws Error naming a filter of another log: what is in those is not looked at. */
export function readMetricFilters(stack: Stack): MetricFilterView[] {
  const logs = stack
    .ofType('AWS::ApiGateway::Stage', stage)
    .map(({ properties }) => properties.AccessLogSetting?.DestinationArn.replace(/^.*:log-group:|:\*$/g, ''));
  return stack.ofType('AWS::Logs::MetricFilter', metricFilter).map(({ logicalId, properties }) => {
    const { LogGroupName, FilterPattern, MetricTransformations } = properties;
    if (!logs.includes(LogGroupName)) throw new Error(`${logicalId} filters a log that is no access log.`);
    const [{ MetricNamespace, MetricName, MetricValue }] = MetricTransformations;
    return {
      status: FilterPattern.replaceAll(/\D/g, ''),
      namespace: MetricNamespace,
      name: MetricName,
      value: MetricValue,
    };
  });
}
