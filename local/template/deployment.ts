import * as z from 'zod';
import type { MetricFilterView } from '../cloudwatch/access-log.ts';
import type { AlarmView } from '../cloudwatch/evaluate.ts';
import type { FunctionView } from '../functions/function-environment.ts';
import type { DistributionView } from '../gateway/distribution.ts';
import type { RestApiView } from '../gateway/rest-api.ts';
import { type PolicyDocument, policyDocument } from '../iam/document.ts';
import type { QueueView } from '../services/message-queue.ts';
import type { SecretView } from '../services/secrets.ts';
import type { WebAclView } from '../services/web-acl.ts';
import { type TableDefinition, tableDefinition } from '../store/definitions.ts';
import type { EventSourceView } from '../triggers/event-source.ts';
import type { ScheduleView } from '../triggers/schedule.ts';
import { readAlarms, readMetricFilters } from './alarms-view.ts';
import { type CertificateDomainView, readCertificateDomain } from './certificate-domain-view.ts';
import { readDistribution } from './distribution-view.ts';
import { IDENTITIES } from './identity.ts';
import { readInvocables } from './invocables.ts';
import { readRestApi } from './rest-api-view.ts';
import { readSecrets } from './secrets-view.ts';
import { Stack } from './stack.ts';
import { readEventSources, readQueues, readSchedules } from './triggers-view.ts';
import { readUserPool, type UserPoolView } from './user-pool-view.ts';
import { readWebAcls } from './web-acl-view.ts';

/** Everything of a template that the embedded cloud runs. */
export interface Deployment {
  functions: readonly FunctionView[];
  tables: readonly TableDefinition[];
  /** By principal, the logical id of a role. */
  policies: ReadonlyMap<string, readonly PolicyDocument[]>;
  api: RestApiView;
  /** What stands in front of the API; undefined where a domain of its own does. */
  distribution: DistributionView | undefined;
  /** Where the API is reached with client certificates, if anywhere. */
  certificateDomain: CertificateDomainView | undefined;
  userPool: UserPoolView;
  /** Names. */
  buckets: readonly string[];
  keyIds: readonly string[];
  /** Names. */
  eventBuses: readonly string[];
  queues: readonly QueueView[];
  secrets: readonly SecretView[];
  eventSources: readonly EventSourceView[];
  schedules: readonly ScheduleView[];
  webAcls: readonly WebAclView[];
  alarms: readonly AlarmView[];
  metricFilters: readonly MetricFilterView[];
  /** ARNs. */
  topics: readonly string[];
  /** Resource types that have no effect here and should not be relied on. */
  unsupported: readonly string[];
}

/** Types with nothing to imitate: without them the embedded cloud behaves the same. */
const WITHOUT_EFFECT = new Set([
  'AWS::ApiGateway::Account',
  'AWS::CDK::Metadata',
  'AWS::CodeDeploy::Application',
  'AWS::CodeDeploy::DeploymentGroup',
  'AWS::Cognito::ManagedLoginBranding',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Lambda::Permission',
  'AWS::SNS::TopicPolicy',
  'AWS::WAFv2::LoggingConfiguration',
]);

/**
 * Reads a cloud assembly as the embedded cloud runs it.
 * @throws Error naming the resource that cannot be resolved or run.
 */
export function readDeployment(folder: string, cognitoOrigin: string): Deployment {
  const stack = Stack.read(folder, cognitoOrigin);
  const named = (type: string) => stack.ofType(type, z.unknown()).map(({ name }) => name);
  const functions = readFunctions(stack);
  const invocable = readInvocables(stack, functions);
  return {
    functions,
    tables: stack
      .ofType('AWS::DynamoDB::Table', z.unknown())
      .map(({ logicalId, properties }) => tableDefinition(logicalId, properties)),
    policies: readPolicies(stack),
    api: readRestApi(stack),
    distribution: readDistribution(stack),
    certificateDomain: readCertificateDomain(stack),
    userPool: readUserPool(stack),
    buckets: named('AWS::S3::Bucket'),
    keyIds: named('AWS::KMS::Key'),
    eventBuses: named('AWS::Events::EventBus'),
    queues: readQueues(stack),
    secrets: readSecrets(stack),
    eventSources: readEventSources(stack, invocable),
    schedules: readSchedules(stack, invocable),
    webAcls: readWebAcls(stack),
    alarms: readAlarms(stack),
    metricFilters: readMetricFilters(stack),
    topics: named('AWS::SNS::Topic'),
    unsupported: [...stack.types().keys()].filter((type) => !IDENTITIES[type] && !WITHOUT_EFFECT.has(type)),
  };
}

const lambdaFunction = z.object({
  Code: z.object({ S3Key: z.string() }),
  Handler: z.string(),
  Runtime: z.literal('nodejs24.x'),
  Role: z.string(),
  Timeout: z.int().default(3),
  MemorySize: z.int().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.string()) }).optional(),
  LoggingConfig: z.object({ LogGroup: z.string().optional() }).optional(),
});

function readFunctions(stack: Stack): FunctionView[] {
  return stack
    .ofType('AWS::Lambda::Function', lambdaFunction)
    .map(({ logicalId, name, attributes, properties }) => {
      const codeFolder = stack.assetFolder(properties.Code.S3Key);
      if (!codeFolder) throw new Error(`The code of ${logicalId} is no asset of the cloud assembly.`);
      return {
        logicalId,
        name,
        arn: attributes.Arn ?? '',
        codeFolder,
        handler: properties.Handler,
        environment: properties.Environment?.Variables ?? {},
        timeoutSeconds: properties.Timeout,
        memorySize: properties.MemorySize,
        role: properties.Role.replace(/^.*:role\//, ''),
        logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      };
    });
}

const role = z.object({ Policies: z.array(z.object({ PolicyDocument: policyDocument })).default([]) });
const policy = z.object({ PolicyDocument: policyDocument, Roles: z.array(z.string()) });

function readPolicies(stack: Stack): ReadonlyMap<string, readonly PolicyDocument[]> {
  const policies = new Map<string, PolicyDocument[]>(
    stack
      .ofType('AWS::IAM::Role', role)
      .map(({ name, properties }) => [name, properties.Policies.map(({ PolicyDocument }) => PolicyDocument)]),
  );
  for (const { properties } of stack.ofType('AWS::IAM::Policy', policy)) {
    for (const name of properties.Roles) policies.get(name)?.push(properties.PolicyDocument);
  }
  return policies;
}
