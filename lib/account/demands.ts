import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Aspects, Stack, Tags } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { EnvironmentConfiguration } from '../configuration.ts';
import { PhysicalNames } from './physical-names.ts';

/** The tag that tells the costs of one deployment from everything else's. */
export const COST_TAG = 'sallyport-deployment';

/** Makes everything in a scope as the customer's account demands it: names, tags, and what bounds its roles. */
export function meetDemands(scope: Construct, { name, account, tags }: EnvironmentConfiguration): void {
  for (const [key, value] of Object.entries({ [COST_TAG]: name, ...tags })) Tags.of(scope).add(key, value);
  if (account.namePrefix) Aspects.of(scope).add(new PhysicalNames(account.namePrefix, name));
  if (account.permissionsBoundary) {
    PermissionsBoundary.of(scope).apply(
      ManagedPolicy.fromManagedPolicyName(scope, 'PermissionsBoundary', account.permissionsBoundary),
    );
  }
}

/** @throws Error when the stack goes elsewhere than the configuration says; where it goes, its maker decides. */
export function requireStackAsDemanded(scope: Construct, { account }: EnvironmentConfiguration): void {
  const stack = Stack.of(scope);
  const demands = [
    ['account.id', account.id, stack.account, 'env: { account }'],
    ['account.region', account.region, stack.region, 'env: { region }'],
    ['account.qualifier', account.qualifier, stack.synthesizer.bootstrapQualifier, 'its synthesizer'],
  ] as const;
  for (const [option, wanted, found, where] of demands) {
    if (wanted === undefined || wanted === found) continue;
    throw new Error(`${scope.node.path}: ${option} is "${wanted}"; give the stack the same by ${where}.`);
  }
}
