import {
  type ILambdaDeploymentConfig,
  LambdaApplication,
  LambdaDeploymentConfig,
  LambdaDeploymentGroup,
} from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Alias } from 'aws-cdk-lib/aws-lambda';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/**
 * How a new version takes over. What answers people gets a tenth of the requests for five minutes, long enough for
 * its alarms. What works by itself runs once a minute or less: a tenth of that says nothing, and a job that failed
 * is tried again by itself.
 */
export type Shift = 'canary' | 'at-once';

const CONFIGURATIONS: Readonly<Record<Shift, ILambdaDeploymentConfig>> = {
  canary: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
  'at-once': LambdaDeploymentConfig.ALL_AT_ONCE,
};

const ID = 'LiveDeployments';

/** The CodeDeploy application of a deployment's functions, and the role that moves their aliases and nothing else. */
export class LiveDeployments extends Construct {
  readonly role: Role;
  readonly #application: LambdaApplication;

  constructor(scope: Construct) {
    super(scope, ID);
    this.#application = new LambdaApplication(this, 'Application');
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    // As AWS's own policy for this purpose has it: an alarm that cannot be read stops every deployment.
    this.role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
  }

  /** The nearest one around a construct; a stack without any gets one. */
  static of(scope: Construct): LiveDeployments {
    for (const around of scope.node.scopes.toReversed()) {
      const known = around.node.tryFindChild(ID);
      if (known instanceof LiveDeployments) return known;
    }
    return new LiveDeployments(Stack.of(scope));
  }

  /** Moves an alias to each new version in the way given, and back when an alarm of the group is raised. */
  group(scope: Construct, id: string, alias: Alias, shift: Shift): LambdaDeploymentGroup {
    const { lambda } = alias;
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
        resources: [lambda.functionArn, `${lambda.functionArn}:${alias.aliasName}`],
      }),
    );
    const group = new LambdaDeploymentGroup(scope, id, {
      application: this.#application,
      alias,
      deploymentConfig: CONFIGURATIONS[shift],
      // A raised alarm stops every deployment, also the one that brings its remedy.
      ignoreAlarmConfiguration: scope.node.tryGetContext('ignore-alarms') !== undefined,
      // AWS's managed policy for this role may move every alias of the account.
      role: this.role.withoutPolicyUpdates(),
    });
    group.node.addDependency(this.role);
    return group;
  }
}
