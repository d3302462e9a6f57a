import {
  type Json,
  objectsOf,
  ofType,
  type Resource,
  type Template,
  valueAt,
  written,
} from '../../lib/gates/template.ts';

interface StatefulType {
  /** Properties that nobody can change: CloudFormation makes a new resource, or the service refuses. */
  fixed: readonly string[];
  /** What a new resource in the place of the old one would cost. */
  loss: string;
  /** Whether the resource outlives its stack. */
  retained: boolean;
}

/** What holds what cannot be made again, beyond what the CDK's command line knows of replacements. */
export const STATEFUL: Readonly<Record<string, StatefulType>> = {
  'AWS::CloudFront::Distribution': {
    fixed: [],
    loss: 'the public origin is another: every client has to be set up anew and no token is good any more',
    retained: false,
  },
  'AWS::Cognito::UserPool': {
    fixed: ['AliasAttributes', 'Schema', 'UsernameAttributes', 'UsernameConfiguration'],
    loss: 'every account of the pool is gone, and people come back as strangers',
    retained: true,
  },
  'AWS::Cognito::UserPoolDomain': {
    fixed: ['Domain', 'UserPoolId'],
    loss: 'the addresses that identity providers have registered lead nowhere',
    retained: false,
  },
  'AWS::DynamoDB::Table': {
    fixed: ['ImportSourceSpecification', 'KeySchema', 'LocalSecondaryIndexes', 'TableName'],
    loss: 'the new table is empty',
    retained: true,
  },
  'AWS::KMS::Key': {
    fixed: ['KeySpec', 'KeyUsage', 'MultiRegion', 'Origin'],
    loss: 'the new key opens nothing that was sealed under the old one',
    retained: true,
  },
  'AWS::S3::Bucket': {
    fixed: ['BucketName', 'BucketNamePrefix', 'BucketNamespace', 'ObjectLockEnabled'],
    loss: 'the new bucket is empty',
    retained: true,
  },
};

/** One stateful resource as a release deployed it. */
export interface RecordedResource {
  type: string;
  /** The fixed properties that the template sets. */
  fixed: Record<string, Json>;
  /** Types of a table's key attributes by name. */
  attributes?: Record<string, Json>;
  /** Keys and projections of a table's global indexes by name. */
  indexes?: Record<string, Json>;
}

/** By logical id. */
export type Recorded = Record<string, RecordedResource>;

const byName = (list: Json | undefined, name: string): Record<string, Json> =>
  Object.fromEntries(objectsOf(list).map(({ [name]: key, ...rest }) => [written(key), rest]));

function record({ Type, Properties }: Resource): RecordedResource {
  const fixed = (STATEFUL[Type]?.fixed ?? []).flatMap((property) => {
    const value = valueAt(Properties, property);
    return value === undefined ? [] : [[property, value] as const];
  });
  const recorded = { type: Type, fixed: Object.fromEntries(fixed) };
  if (Type !== 'AWS::DynamoDB::Table') return recorded;
  return {
    ...recorded,
    attributes: byName(Properties.AttributeDefinitions, 'AttributeName'),
    indexes: byName(Properties.GlobalSecondaryIndexes, 'IndexName'),
  };
}

/** What of a template must never be replaced; a resource that may be deleted with its stack counts only by type. */
export function recordOf(template: Template): Recorded {
  const stateful = ofType(template, ...Object.keys(STATEFUL)).filter(
    ([, { Type, DeletionPolicy }]) => !STATEFUL[Type]?.retained || DeletionPolicy === 'Retain',
  );
  return Object.fromEntries(stateful.map(([logicalId, resource]) => [logicalId, record(resource)]));
}

const WAY_OUT =
  'Leave it as it was. If it has to change, keep the old one beside the new one, move what it holds in a migration, and name the replacement in CHANGELOG.md.';

/** What an update from a release to a template would destroy or be refused for; empty when it is safe. */
export function dangersOf(released: Recorded, template: Template): string[] {
  const present = recordOf(template);
  return Object.entries(released).flatMap(([logicalId, before]) => {
    const name = `${logicalId} (${before.type})`;
    const after = present[logicalId];
    const loss = STATEFUL[before.type]?.loss ?? '';
    if (after?.type !== before.type)
      return [
        `${name} is not there any more, or not retained, or has another logical id: ${loss}. ${WAY_OUT}`,
      ];
    return [
      ...changed(before.fixed, after.fixed).map(
        (property) => `${name}: another ${property} replaces it: ${loss}. ${WAY_OUT}`,
      ),
      ...attributeDangers(name, before, after),
      ...indexDangers(name, before, after),
    ];
  });
}

const changed = (before: Record<string, Json> = {}, after: Record<string, Json> = {}): string[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]),
  );

function attributeDangers(name: string, before: RecordedResource, after: RecordedResource): string[] {
  const kept = changed(before.attributes, after.attributes).filter(
    (attribute) => attribute in (before.attributes ?? {}) && attribute in (after.attributes ?? {}),
  );
  return kept.map((attribute) => `${name}: another type of ${attribute} replaces it. ${WAY_OUT}`);
}

function indexDangers(name: string, before: RecordedResource, after: RecordedResource): string[] {
  const differing = changed(before.indexes, after.indexes);
  const altered = differing.filter(
    (index) => index in (before.indexes ?? {}) && index in (after.indexes ?? {}),
  );
  const moved = differing.filter((index) => !altered.includes(index));
  return [
    ...altered.map(
      (index) => `${name}: CloudFormation cannot change the index ${index}: add one of another name instead.`,
    ),
    ...(moved.length > 1
      ? [
          `${name}: CloudFormation adds or removes one index of a table per update, and not ${moved.join(' and ')}: spread them over releases.`,
        ]
      : []),
  ];
}
