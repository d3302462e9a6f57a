import { CfnDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Duration } from 'aws-cdk-lib/core';
import type { Alarms } from '../alarms.ts';
import type { BundledFunction } from '../function.ts';
import { LiveDeployments } from '../live-deployments.ts';

const MINUTE = Duration.minutes(1);

type Functions = Readonly<Record<string, BundledFunction>>;

/** Functions whose every failed run is a fault. */
export function watchCrashes(alarms: Alarms, functions: Functions): void {
  for (const [name, target] of Object.entries(functions)) {
    const errors = alarms.add(`${name}Errors`, {
      metric: target.live.metricErrors({ period: MINUTE }),
      threshold: 3,
      bad: { periods: 2, of: 3 },
      says: 'the function crashes, runs out of time or cannot be loaded.',
      runbook: 'function-errors',
    });
    target.deployment.addAlarm(errors);
  }
}

/** Functions that answer requests, by the names of their alarms: somebody waits for each invocation. */
export function watchAnswering(alarms: Alarms, functions: Functions): void {
  for (const [name, target] of Object.entries(functions)) {
    alarms.add(`${name}Throttles`, {
      metric: target.live.metricThrottles({ period: MINUTE }),
      threshold: 10,
      bad: { periods: 2, of: 3 },
      says: 'Lambda refuses to run the function: the account has no concurrency left.',
      runbook: 'function-throttles',
    });
    tellRollbacks(alarms, target);
  }
}

/** Functions that work by themselves: a failed run is repeated, a single one says little. */
export function watchWorking(alarms: Alarms, functions: Functions): void {
  for (const [name, target] of Object.entries(functions)) {
    const errors = alarms.add(`${name}Errors`, {
      metric: target.live.metricErrors({ period: Duration.minutes(5) }),
      threshold: 3,
      says: 'the function crashes, runs out of time or cannot be loaded.',
      runbook: 'function-errors',
    });
    target.deployment.addAlarm(errors);
    tellRollbacks(alarms, target);
  }
}

/** CodeDeploy tells the operators itself when it gave a new version up. */
function tellRollbacks(alarms: Alarms, { deployment }: BundledFunction): void {
  alarms.toldBy(LiveDeployments.of(deployment).role);
  const group = deployment.node.defaultChild;
  if (!(group instanceof CfnDeploymentGroup))
    throw new Error(`${deployment.node.path} is no deployment group`);
  group.triggerConfigurations = [
    {
      triggerName: 'RolledBack',
      triggerEvents: ['DeploymentFailure', 'DeploymentStop', 'DeploymentRollback'],
      triggerTargetArn: alarms.topic.topicArn,
    },
  ];
}
