import { type IVpc, SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Effect, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { FunctionOptions } from 'aws-cdk-lib/aws-lambda';
import { Annotations, Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from '../configuration.ts';

/** What Lambda does with a role to place a function in a network. @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const INTERFACE_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/** The customer's network, for functions that call servers which are not on the internet. */
export class Network extends Construct {
  readonly #vpc: IVpc;
  readonly #placement: Pick<FunctionOptions, 'vpcSubnets' | 'securityGroups'>;

  constructor(scope: Construct, id: string, props: NonNullable<EnvironmentConfiguration['account']['vpc']>) {
    super(scope, id);
    const { availabilityZones, subnetIds, securityGroupIds } = props;
    Annotations.of(this).acknowledgeWarning(
      '@aws-cdk/aws-ec2:noSubnetRouteTableId',
      'Functions are placed in the subnets; nothing is routed.',
    );
    this.#vpc = Vpc.fromVpcAttributes(this, 'Vpc', {
      vpcId: props.id,
      availabilityZones,
      privateSubnetIds: subnetIds,
    });
    this.#placement = {
      vpcSubnets: {
        subnets: subnetIds.map((subnetId, index) => Subnet.fromSubnetId(this, `Subnet${index}`, subnetId)),
      },
      securityGroups: securityGroupIds.map((groupId, index) =>
        // The groups are the customer's: their rules are left as they are.
        SecurityGroup.fromSecurityGroupId(this, `SecurityGroup${index}`, groupId, { mutable: false }),
      ),
    };
  }

  /** Places a function with this role: Lambda may make its interfaces, the function's own code may not. */
  place(role: Role): Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'> {
    role.addToPolicy(new PolicyStatement({ actions: INTERFACE_ACTIONS, resources: ['*'] }));
    role.addToPolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: INTERFACE_ACTIONS,
        resources: ['*'],
        conditions: {
          ArnLike: {
            'lambda:SourceFunctionArn': `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${Aws.ACCOUNT_ID}:function:*`,
          },
        },
      }),
    );
    return { vpc: this.#vpc, ...this.#placement };
  }
}
