import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

/** Customer-managed keys; secrets and payloads have keys of their own, so that each can be shut off alone. */
export class Keys extends Construct {
  readonly data: Key;
  readonly vault: Key;
  readonly payloads: Key;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const key = (name: string, description: string) =>
      new Key(this, name, { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN });
    this.data = key('Data', 'Sallyport: configuration, identity, catalog and audit');
    this.vault = key('Vault', 'Sallyport: credentials and signing keys');
    this.payloads = key('Payloads', 'Sallyport: arguments and answers of audited calls');
  }

  /** Lets a role read and write data at rest under the key, through the given services only. */
  static useThrough(key: Key, role: IRole, services: readonly ('dynamodb' | 's3')[]): void {
    const region = Stack.of(key).region;
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey'],
        resources: [key.keyArn],
        conditions: {
          StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${region}.amazonaws.com`) },
        },
      }),
    );
  }
}
