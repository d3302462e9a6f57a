import type { Throttled } from '../store/throughput.ts';
import type { PutMetric } from './metric-data.ts';

/** What DynamoDB measures of requests that it throttles. */
export const measureThrottles =
  (put: PutMetric): Throttled =>
  (table, direction) =>
    put({
      namespace: 'AWS/DynamoDB',
      name: `${direction}ThrottleEvents`,
      dimensions: { TableName: table },
      value: 1,
    });

/** What Cognito measures of attempts to sign in: 1 for a success, 0 for a failure. */
export const measureSignIns =
  ({ id, clientId }: { id: string; clientId: string }, put: PutMetric) =>
  (success: boolean): void =>
    put({
      namespace: 'AWS/Cognito',
      name: 'SignInSuccesses',
      dimensions: { UserPool: id, UserPoolClient: clientId },
      value: success ? 1 : 0,
    });
