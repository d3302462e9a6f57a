import * as z from 'zod';
import { ACCOUNT, REGION } from '../../local/iam/authorizer.ts';
import { type PolicyDocument, policyDocument } from '../../local/iam/document.ts';
import { conditionsOf, type Match } from '../../local/iam/match.ts';
import { IDENTITIES } from '../../local/template/identity.ts';
import { Stack } from '../../local/template/stack.ts';

/** A role as a template declares it, with every name resolved. */
export interface RoleView {
  /** Its logical id: the principal of recorded calls. */
  name: string;
  policies: readonly PolicyDocument[];
  /** Policies of AWS, which say elsewhere what they allow. */
  managed: readonly string[];
}

/** What of a deployment says what its roles need. */
export interface DeployedRoles {
  roles: readonly RoleView[];
  /** The KMS keys of tables and buckets, by the ARN of either. */
  keys: ReadonlyMap<string, string>;
  /** The log groups of functions, by their roles. */
  logs: ReadonlyMap<string, string>;
  /** ARNs with the logical ids of what they name, the longest first. */
  names: readonly (readonly [arn: string, logicalId: string])[];
}

const role = z.object({
  Policies: z.array(z.object({ PolicyDocument: policyDocument })).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});
const policy = z.object({ PolicyDocument: policyDocument, Roles: z.array(z.string()).default([]) });
const lambda = z.object({ Role: z.string(), LoggingConfig: z.object({ LogGroup: z.string() }) });
const arnOfLogGroup = (name: string) => `arn:aws:logs:${REGION}:${ACCOUNT}:log-group:${name}:*`;
const table = z.object({ SSESpecification: z.object({ KMSMasterKeyId: z.string() }) });
const bucket = z.object({
  BucketEncryption: z.object({
    ServerSideEncryptionConfiguration: z.array(
      z.object({ ServerSideEncryptionByDefault: z.object({ KMSMasterKeyID: z.string() }) }),
    ),
  }),
});

/** Reads a cloud assembly. */
export function readRoles(folder: string): DeployedRoles {
  const stack = Stack.read(folder, 'http://127.0.0.1');
  const logs = stack.ofType('AWS::Lambda::Function', lambda).map(({ properties }): [string, string] => {
    const { Role, LoggingConfig } = properties;
    return [Role.replace(/^.*:role\//, ''), arnOfLogGroup(LoggingConfig.LogGroup)];
  });
  const attached = stack.ofType('AWS::IAM::Policy', policy);
  const roles = stack.ofType('AWS::IAM::Role', role).map(({ name, properties }) => ({
    name,
    policies: [
      ...properties.Policies,
      ...attached.filter((each) => each.properties.Roles.includes(name)).map((each) => each.properties),
    ].map(({ PolicyDocument }) => PolicyDocument),
    managed: properties.ManagedPolicyArns,
  }));
  const keys = new Map<string, string>();
  for (const { attributes, properties } of stack.ofType('AWS::DynamoDB::Table', table))
    keys.set(attributes.Arn ?? '', properties.SSESpecification.KMSMasterKeyId);
  for (const { attributes, properties } of stack.ofType('AWS::S3::Bucket', bucket)) {
    const [first] = properties.BucketEncryption.ServerSideEncryptionConfiguration;
    if (first) keys.set(attributes.Arn ?? '', first.ServerSideEncryptionByDefault.KMSMasterKeyID);
  }
  const names = [...stack.types().keys()]
    .filter((type) => IDENTITIES[type])
    .flatMap((type) => stack.ofType(type, z.unknown()))
    .flatMap(({ logicalId, attributes: { Arn } }) => (Arn === undefined ? [] : [[Arn, logicalId] as const]))
    .toSorted(([a], [b]) => b.length - a.length);
  return { roles, keys, logs: new Map(logs), names };
}

/** A logical id as people know it: without what every one begins with and without the CDK's hash. */
const shorten = (logicalId: string): string =>
  logicalId.replace(/^Sallyport/, '').replace(/[0-9A-F]{8}$/, '');

/** What stands for a resource in texts: its logical id with what follows its ARN. */
function nameOf(resource: string, { names }: DeployedRoles): string {
  const [arn, logicalId] = names.find(([known]) => resource.startsWith(known)) ?? [];
  return arn === undefined || logicalId === undefined
    ? resource.replace(/^arn:aws:/, '')
    : shorten(logicalId) + resource.slice(arn.length);
}

/** A call, as it is printed. */
export const sentenceOf = (
  { role, action, resource }: { role: string; action: string; resource: string },
  deployed: DeployedRoles,
): string => `${shorten(role)}: ${action} on ${nameOf(resource, deployed)}`;

/** Pairs each with each. */
const combine = (lists: readonly (readonly string[])[]): string[] =>
  lists.reduce<string[]>(
    (sentences, list) => sentences.flatMap((sentence) => list.map((word) => `${sentence}${word}`)),
    [''],
  );

/** Only these operations go to an index. */
const toIndex = /:(?:Query|Scan)$/i;
const isIndex = (resource: string) => resource.includes('/index/');

/** What parts of a statement allow, a sentence each: action, resource and every condition. */
export function grantsOf(
  role: string,
  { actions, resources, conditions }: Match,
  deployed: DeployedRoles,
): string[] {
  const where = Object.entries(conditions).map(([key, values]) =>
    values.map((value) => ` [${key.replace(/^.*:/, '')} ${value}]`),
  );
  return actions.flatMap((action) =>
    resources
      .filter((resource) => toIndex.test(action) || !isIndex(resource))
      .flatMap((resource) => combine([[sentenceOf({ role, action, resource }, deployed)], ...where])),
  );
}

/** All that the roles are allowed. */
export const allGrants = (deployed: DeployedRoles): string[] =>
  deployed.roles.flatMap(({ name, policies, managed }) => [
    ...policies
      .flatMap((each) => policyDocument.parse(each).Statement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) => {
        const { Action: actions, Resource: resources } = statement;
        return grantsOf(name, { actions, resources, conditions: conditionsOf(statement) }, deployed);
      }),
    ...managed.map((arn) => `${shorten(name)}: everything of ${arn.replace(/^.*\//, '')}`),
  ]);
