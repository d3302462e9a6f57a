import type { Rule, Violation } from '../rule.ts';
import { at, isObject, type JsonObject, type Located, listOf, type Template, written } from '../template.ts';
import { textOf } from '../text.ts';

/** What a role may do. */
const IDENTITY: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::ManagedPolicy': ['PolicyDocument.Statement.*'],
  'AWS::IAM::Policy': ['PolicyDocument.Statement.*'],
  'AWS::IAM::Role': ['Policies.*.PolicyDocument.Statement.*'],
};

/** Who may use a resource. */
const RESOURCE: Readonly<Record<string, readonly string[]>> = {
  'AWS::IAM::Role': ['AssumeRolePolicyDocument.Statement.*'],
  'AWS::KMS::Key': ['KeyPolicy.Statement.*'],
  'AWS::S3::BucketPolicy': ['PolicyDocument.Statement.*'],
  'AWS::SNS::TopicPolicy': ['PolicyDocument.Statement.*'],
  'AWS::SQS::QueuePolicy': ['PolicyDocument.Statement.*'],
  'AWS::SecretsManager::ResourcePolicy': ['ResourcePolicy.Statement.*'],
};

/**
 * Actions that IAM knows no resources for, or that Lambda needs on every one to place a function in a network.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/
 */
const WITHOUT_RESOURCES = new Set([
  'cloudwatch:DescribeAlarms',
  'cloudwatch:PutMetricData',
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
  'xray:PutTelemetryRecords',
  'xray:PutTraceSegments',
]);

const statements = ({ Resources }: Template, paths: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(Resources).flatMap(([logicalId, { Type, Properties }]) =>
    (paths[Type] ?? [])
      .flatMap((path) => at(Properties, path))
      .flatMap((statement) =>
        isObject(statement.value) && statement.value.Effect === 'Allow'
          ? [{ logicalId, statement, allowed: statement.value }]
          : [],
      ),
  );

/** A role that may do everything to something, or something to everything, is more than what it is for. */
export const policyWildcard: Rule = {
  id: 'policy-wildcard',
  description: 'No role may do every action or reach every resource, and no resource is open to everybody',
  *check(template) {
    for (const { logicalId, statement, allowed } of statements(template, IDENTITY))
      yield* checkIdentity(logicalId, statement, allowed);
    for (const { logicalId, statement, allowed } of statements(template, RESOURCE)) {
      if (isEverybody(allowed) && allowed.Condition === undefined)
        yield { logicalId, location: statement.location, message: 'is open to everybody: name who may.' };
    }
  },
};

function* checkIdentity(
  logicalId: string,
  { location }: Located,
  statement: JsonObject,
): Generator<Violation> {
  const actions = listOf(statement.Action).map(written);
  for (const action of actions) {
    if (action.includes('*')) yield { logicalId, location, message: `allows ${action}: name each action.` };
  }
  for (const property of ['NotAction', 'NotResource']) {
    if (statement[property] !== undefined)
      yield { logicalId, location, message: `allows by ${property}: name what is allowed.` };
  }
  const everything = listOf(statement.Resource)
    .map(textOf)
    .some((resource) => resource === '*');
  const needless = actions.filter((action) => !WITHOUT_RESOURCES.has(action));
  if (everything && needless.length > 0)
    yield { logicalId, location, message: `allows ${needless.join(', ')} on every resource: name them.` };
}

const isEverybody = ({ Principal }: JsonObject): boolean =>
  Principal === '*' || (isObject(Principal) && listOf(Principal.AWS).includes('*'));
