import * as z from 'zod';
import type { FunctionView } from '../functions/function-environment.ts';
import type { RestApiView } from '../gateway/rest-api.ts';
import { type PolicyDocument, policyDocument } from '../iam/document.ts';
import type { QueueView } from '../services/message-queue.ts';
import { type TableDefinition, tableDefinition } from '../store/definitions.ts';
import type { EventSourceView } from '../triggers/event-source.ts';
import type { ScheduleView } from '../triggers/schedule.ts';
import { IDENTITIES } from './identity.ts';
import { readRestApi } from './rest-api-view.ts';
import { Stack } from './stack.ts';
import { readEventSources, readQueues, readSchedules } from './triggers-view.ts';

export interface UserPoolView {
  id: string;
  /** The value of `ProviderURL`: where functions find the identity provider. */
  issuer: string;
  clientId: string;
  callbackUrls: readonly string[];
}

/** Everything of a template that the embedded cloud runs. */
export interface Deployment {
  functions: readonly FunctionView[];
  tables: readonly TableDefinition[];
  /** By principal, the logical id of a role. */
  policies: ReadonlyMap<string, readonly PolicyDocument[]>;
  api: RestApiView;
  userPool: UserPoolView;
  /** Names. */
  buckets: readonly string[];
  keyIds: readonly string[];
  /** Names. */
  eventBuses: readonly string[];
  queues: readonly QueueView[];
  eventSources: readonly EventSourceView[];
  schedules: readonly ScheduleView[];
  /** Resource types that have no effect here and should not be relied on. */
  unsupported: readonly string[];
}

/** Types with nothing to imitate: without them the embedded cloud behaves the same. */
const WITHOUT_EFFECT = new Set([
  'AWS::ApiGateway::Account',
  'AWS::CDK::Metadata',
  'AWS::Cognito::UserPoolDomain',
  'AWS::Lambda::Permission',
]);

/**
 * Reads a cloud assembly as the embedded cloud runs it.
 * @throws Error naming the resource that cannot be resolved or run.
 */
export function readDeployment(folder: string, cognitoOrigin: string): Deployment {
  const stack = Stack.read(folder, cognitoOrigin);
  const named = (type: string) => stack.ofType(type, z.unknown()).map(({ name }) => name);
  const functions = readFunctions(stack);
  return {
    functions,
    tables: stack
      .ofType('AWS::DynamoDB::Table', z.unknown())
      .map(({ logicalId, properties }) => tableDefinition(logicalId, properties)),
    policies: readPolicies(stack),
    api: readRestApi(stack),
    userPool: readUserPool(stack),
    buckets: named('AWS::S3::Bucket'),
    keyIds: named('AWS::KMS::Key'),
    eventBuses: named('AWS::Events::EventBus'),
    queues: readQueues(stack),
    eventSources: readEventSources(stack, functions),
    schedules: readSchedules(stack, functions),
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

const userPoolClient = z.object({
  GenerateSecret: z.literal(false),
  CallbackURLs: z.array(z.string()),
});

function readUserPool(stack: Stack): UserPoolView {
  const [pool, ...otherPools] = stack.ofType('AWS::Cognito::UserPool', z.unknown());
  const [client, ...otherClients] = stack.ofType('AWS::Cognito::UserPoolClient', userPoolClient);
  if (!pool || !client || otherPools.length > 0 || otherClients.length > 0)
    throw new Error('The template must have exactly one Cognito user pool with one client.');
  return {
    id: pool.name,
    issuer: pool.attributes.ProviderURL ?? '',
    clientId: client.name,
    callbackUrls: client.properties.CallbackURLs,
  };
}
