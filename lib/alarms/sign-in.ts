import { MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserPool, UserPoolClient } from 'aws-cdk-lib/aws-cognito';
import { Duration } from 'aws-cdk-lib/core';
import type { Alarms } from '../alarms.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Sign-ins that fail: at the identity provider or here, and passwords of the user pool's own people. */
export function watchSignIn(alarms: Alarms, signIn: { pool: UserPool; client: UserPoolClient }): void {
  alarms.add('SignInFailed', {
    metric: alarms.counted('SignInFailed', FIVE_MINUTES, { cause: 'refused' }),
    threshold: 50,
    says: 'many sign-ins are refused.',
    runbook: 'sign-ins-fail',
  });
  alarms.add('IdentityProviderUnavailable', {
    metric: alarms.counted('SignInFailed', FIVE_MINUTES, { cause: 'idp-unavailable' }),
    threshold: 5,
    says: 'the identity provider does not answer, so nobody can sign in.',
    runbook: 'sign-ins-fail',
  });
  const successes = (statistic: string) =>
    new Metric({
      namespace: 'AWS/Cognito',
      metricName: 'SignInSuccesses',
      dimensionsMap: { UserPool: signIn.pool.userPoolId, UserPoolClient: signIn.client.userPoolClientId },
      statistic,
      period: FIVE_MINUTES,
    });
  alarms.add('PasswordsRefused', {
    // Cognito counts 1 for each success and 0 for each failure.
    metric: new MathExpression({
      expression: 'attempts - successes',
      label: 'Failed sign-ins',
      period: FIVE_MINUTES,
      usingMetrics: { attempts: successes(Stats.SAMPLE_COUNT), successes: successes(Stats.SUM) },
    }),
    threshold: 100,
    says: 'many passwords are refused by the user pool: somebody may be guessing.',
    runbook: 'passwords-refused',
  });
}
