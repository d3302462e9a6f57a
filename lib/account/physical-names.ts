import { createHash } from 'node:crypto';
import { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnResource, type IAspect, Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

interface Naming {
  property: string;
  longest: number;
  /** Within what a name has to be the only one, beyond a region of an account. */
  unique?: 'account' | 'world';
}

/** How each type is named, and how long its names may be. @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/ */
const NAMINGS: Readonly<Record<string, Naming>> = {
  'AWS::DynamoDB::Table': { property: 'TableName', longest: 255 },
  'AWS::Events::EventBus': { property: 'Name', longest: 256 },
  'AWS::Events::Rule': { property: 'Name', longest: 64 },
  'AWS::IAM::Role': { property: 'RoleName', longest: 64, unique: 'account' },
  'AWS::Lambda::Function': { property: 'FunctionName', longest: 64 },
  'AWS::Logs::LogGroup': { property: 'LogGroupName', longest: 512 },
  'AWS::S3::Bucket': { property: 'BucketName', longest: 63, unique: 'world' },
  'AWS::SNS::Topic': { property: 'TopicName', longest: 256 },
  'AWS::SQS::Queue': { property: 'QueueName', longest: 80 },
};

/** A firewall's log is delivered only to a group whose name begins so. */
const isNamedByAws = (node: CfnResource): boolean =>
  node instanceof CfnLogGroup && node.logGroupName?.startsWith('aws-waf-logs-') === true;

/** The length of an account's number, and of the longest name of a region (`ap-southeast-1`). */
const ACCOUNT = 12;
const REGION = 14;

/** `AccessJobs` as `access-jobs`. */
const kebab = (id: string) =>
  id
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, '');

/**
 * Names resources `<prefix>-<what it is>-<digest>`: the same at every synthesis, another in each deployment. What
 * is shared by a whole account ends with the region too, a bucket with account and region.
 */
export class PhysicalNames implements IAspect {
  readonly #prefix: string;
  readonly #deployment: string;

  /** @param deployment the name of the deployment, which no other one in the account and region has. */
  constructor(prefix: string, deployment: string) {
    this.#prefix = prefix;
    this.#deployment = deployment;
  }

  visit(node: IConstruct): void {
    if (!(node instanceof CfnResource)) return;
    const naming = NAMINGS[node.cfnResourceType];
    if (naming && !isNamedByAws(node)) node.addPropertyOverride(naming.property, this.#nameOf(node, naming));
  }

  #nameOf(node: CfnResource, { longest, unique }: Naming): string {
    const { account, region } = Stack.of(node);
    const end = { account: [region], world: [account, region], none: [] }[unique ?? 'none'];
    const endLength = { account: REGION + 1, world: ACCOUNT + REGION + 2, none: 0 }[unique ?? 'none'];
    const digest = createHash('sha256').update(`${this.#deployment}/${node.node.path}`).digest('hex');
    const fixed = [this.#prefix, digest.slice(0, 8)];
    const room = longest - endLength - fixed.join('-').length - 1;
    return [this.#prefix, ...readable(node, room), digest.slice(0, 8), ...end].join('-');
  }
}

/** The last ids of a resource's path, as many as there is room for. */
function readable(node: CfnResource, room: number): string[] {
  const { scopes } = node.node;
  const ids = scopes
    .slice(scopes.indexOf(Stack.of(node)) + 1)
    .map((scope) => scope.node.id)
    .filter((id) => !['Resource', 'Default', 'Sallyport'].includes(id))
    .map(kebab)
    .filter(Boolean);
  while (ids.length > 0 && ids.join('-').length > room) ids.shift();
  return ids;
}
