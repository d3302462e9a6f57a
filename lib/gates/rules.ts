import type { Rule } from './rule.ts';
import { arnType } from './rules/arn-type.ts';
import { clearSecret } from './rules/clear-secret.ts';
import { firewallContent } from './rules/firewall-content.ts';
import { firewallPriority } from './rules/firewall-priority.ts';
import { integrationTimeout } from './rules/integration-timeout.ts';
import { integrationUri } from './rules/integration-uri.ts';
import { logRetention } from './rules/log-retention.ts';
import { policyWildcard } from './rules/policy-wildcard.ts';
import { retainedState } from './rules/retained-state.ts';
import { scheduleExpression } from './rules/schedule-expression.ts';
import { signInClient } from './rules/sign-in-client.ts';
import { tableAttributes } from './rules/table-attributes.ts';

/** What deployments have failed by, or been open by, that neither CloudFormation's validation nor cdk-nag finds. */
export const RULES: readonly Rule[] = [
  arnType,
  clearSecret,
  firewallContent,
  firewallPriority,
  integrationTimeout,
  integrationUri,
  logRetention,
  policyWildcard,
  retainedState,
  scheduleExpression,
  signInClient,
  tableAttributes,
];
