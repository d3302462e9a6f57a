import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from './configuration.ts';

type KeyArns = EnvironmentConfiguration['account']['keyArns'];

const READING = ['kms:Decrypt', 'kms:DescribeKey'];
/** What a service does with a key in the name of whoever reads or writes what it keeps under the key. */
const USES = {
  dynamodb: { reading: READING, writing: [...READING, 'kms:Encrypt', 'kms:GenerateDataKey'] },
  s3: { reading: ['kms:Decrypt'], writing: ['kms:GenerateDataKey'] },
};

/** Customer-managed keys; secrets and payloads have keys of their own, so that each can be shut off alone. */
export class Keys extends Construct {
  readonly data: IKey;
  readonly vault: IKey;
  readonly payloads: IKey;

  /** @param existing the customer's own keys: their policies have to let the deployment's roles use them. */
  constructor(scope: Construct, id: string, existing: KeyArns) {
    super(scope, id);
    const key = (name: string, arn: string | undefined, description: string) =>
      arn === undefined
        ? new Key(this, name, { description, enableKeyRotation: true, removalPolicy: RemovalPolicy.RETAIN })
        : Key.fromKeyArn(this, name, arn);
    this.data = key('Data', existing.data, 'Sallyport: configuration, identity, catalog and audit');
    this.vault = key('Vault', existing.vault, 'Sallyport: credentials and signing keys');
    this.payloads = key('Payloads', existing.payloads, 'Sallyport: arguments and answers of audited calls');
  }

  /** Lets a role read or write data at rest under the key, through the service that keeps it and no other way. */
  static useThrough(key: IKey, role: IRole, service: keyof typeof USES, use: 'reading' | 'writing'): void {
    const viaService = `${service}.${Stack.of(key).region}.amazonaws.com`;
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: [...USES[service][use]],
        resources: [key.keyArn],
        conditions: { StringEquals: { 'kms:ViaService': viaService } },
      }),
    );
  }
}
