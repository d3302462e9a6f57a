import * as z from 'zod';
import { ACCOUNT, REGION } from '../iam/authorizer.ts';
import { readParameters, ServiceError } from '../services/aws-json.ts';
import type { Caller } from '../services/permission.ts';
import type { Alarms, StandingAlarm } from './alarms.ts';

const parameters = z.strictObject({
  AlarmNamePrefix: z.string().optional(),
  AlarmNames: z.array(z.string()).min(1).max(100).optional(),
  AlarmTypes: z.array(z.literal('MetricAlarm')).optional(),
  MaxRecords: z.int().min(1).max(100).default(50),
  NextToken: z.string().regex(/^\d+$/).optional(),
  StateValue: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']).optional(),
});

/** DescribeAlarms of Amazon CloudWatch. */
export class DescribedAlarms {
  readonly #alarms: Alarms;

  constructor(alarms: Alarms) {
    this.#alarms = alarms;
  }

  async perform(operation: string, body: Buffer, caller: Caller): Promise<object> {
    if (operation !== 'DescribeAlarms')
      throw new ServiceError(
        'UnknownOperationException',
        `The local CloudWatch does not support the operation ${operation}.`,
      );
    const { AlarmNamePrefix, AlarmNames, MaxRecords, NextToken, StateValue } = readParameters(
      parameters,
      body,
    );
    caller.require('cloudwatch:DescribeAlarms', `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:*`);
    const found = this.#alarms.standing.filter(
      ({ view: { name }, state }) =>
        (AlarmNamePrefix === undefined || name.startsWith(AlarmNamePrefix)) &&
        (AlarmNames === undefined || AlarmNames.includes(name)) &&
        (StateValue === undefined || state === StateValue),
    );
    const from = Number(NextToken ?? 0);
    const next = from + MaxRecords;
    return {
      CompositeAlarms: [],
      MetricAlarms: found.slice(from, next).map(described),
      ...(next < found.length ? { NextToken: String(next) } : {}),
    };
  }
}

const described = ({ view, state, reason, updatedAt }: StandingAlarm) => ({
  AlarmName: view.name,
  AlarmArn: view.arn,
  AlarmDescription: view.description,
  ActionsEnabled: true,
  AlarmActions: view.alarmActions,
  OKActions: view.okActions,
  StateValue: state,
  StateReason: reason,
  StateUpdatedTimestamp: updatedAt / 1000,
  StateTransitionedTimestamp: updatedAt / 1000,
  EvaluationPeriods: view.evaluationPeriods,
  DatapointsToAlarm: view.datapointsToAlarm,
  Threshold: view.threshold,
  ComparisonOperator: view.comparison,
  TreatMissingData: view.treatMissingData,
});
