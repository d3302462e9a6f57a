import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { readEnvironment } from './environment.ts';

/**
 * What is counted, each with the dimensions that it has besides the deployment. Every combination of values is a
 * metric of its own that costs 0.30 USD in a month in which it occurs: values are few, and never of people, servers
 * or addresses.
 */
interface Counted {
  /** A person did not get through a sign-in. */
  SignInFailed: { cause: 'refused' | 'idp-unavailable' };
  /** A call failed otherwise than by a refusal. */
  RelayError: { cause: RelayErrorCause };
  /** A record of the audit is not known to be stored. */
  AuditRefused: undefined;
}

export type RelayErrorCause =
  | 'upstream-unreachable'
  | 'upstream-timeout'
  | 'upstream-error'
  | 'policy-unavailable'
  | 'internal';

export type MetricName = keyof Counted;

const { DEPLOYMENT_NAME: deployment } = readEnvironment(
  z.object({ DEPLOYMENT_NAME: z.string().default('unknown') }),
);

// The library adds the function's name by itself, which would split each count by function.
const metrics = new Metrics({ namespace: 'Sallyport' });
metrics.clearDefaultDimensions();
metrics.setDefaultDimensions({ deployment });

/** Counts one event: a line of output that CloudWatch makes a metric of (embedded metric format), without any call. */
export function count<Name extends MetricName>(
  name: Name,
  ...[dimensions]: Counted[Name] extends undefined ? [] : [dimensions: Counted[Name]]
): void {
  for (const [dimension, value] of Object.entries(dimensions ?? {})) metrics.addDimension(dimension, value);
  metrics.addMetric(name, MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}
