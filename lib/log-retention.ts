import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { EnvironmentConfiguration } from './configuration.ts';

/** How long logs are kept. */
export const LOG_RETENTION: Record<EnvironmentConfiguration['logRetentionDays'], RetentionDays> = {
  7: RetentionDays.ONE_WEEK,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
  365: RetentionDays.ONE_YEAR,
};
