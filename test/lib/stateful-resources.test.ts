import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { Template as SynthesizedTemplate } from 'aws-cdk-lib/assertions';
import { readTemplate, type Template } from '../../lib/gates/template.ts';
import { mutant } from './gates/mutant.ts';
import { dangersOf, type Recorded, recordOf, STATEFUL } from './stateful-resources.ts';
import { makeEverything, template } from './template.ts';

const read = (path: string) => readFileSync(join(import.meta.dirname, path));
const released = JSON.parse(read('stateful-resources.json').toString()) as {
  version: string;
  configurations: Record<string, Recorded>;
};
const production = readTemplate(template().toJSON());
const templates: Record<string, Template> = {
  production,
  everything: readTemplate(SynthesizedTemplate.fromStack(makeEverything()).toJSON()),
};
const present = recordOf(production);
const dangers = (...changes: Parameters<typeof mutant>[1][]) =>
  dangersOf(
    present,
    changes.reduce<Template>((before, change) => mutant(before, change), production),
  );

/** What the CDK's command line knows of resource types. */
interface ResourceModel {
  cloudFormationType: string;
  isStateful?: boolean;
  properties: Record<string, { causesReplacement?: string }>;
}

function readModels(): Map<string, ResourceModel> {
  const database = JSON.parse(gunzipSync(read('../../node_modules/aws-cdk/db.json.gz')).toString()) as {
    schema: { resource: { entities: ResourceModel[] } };
  };
  return new Map(database.schema.resource.entities.map((model) => [model.cloudFormationType, model]));
}

describe('an update from the last release', () => {
  it.each(Object.keys(templates))('replaces nothing that holds data: %s', (name) => {
    const { [name]: recorded = {} } = released.configurations;
    expect(Object.keys(recorded).length).toBeGreaterThan(8);
    expect(dangersOf(recorded, templates[name] ?? production)).toEqual([]);
  });

  it('starts from the release that the package names', () => {
    const { version } = JSON.parse(read('../../package.json').toString()) as { version: string };
    expect(released.version).toBe(version);
  });
});

describe('a change that would lose data is found', () => {
  it.each([
    ['another key of a table', 'AWS::DynamoDB::Table', 'Properties.KeySchema.1.AttributeName', 'id', 'empty'],
    ['another name of a table', 'AWS::DynamoDB::Table', 'Properties.TableName', 'audit', 'TableName'],
    [
      'another type of a key',
      'AWS::DynamoDB::Table',
      'Properties.AttributeDefinitions.0.AttributeType',
      'N',
      'pk',
    ],
    ['other sign-in names', 'AWS::Cognito::UserPool', 'Properties.UsernameAttributes', undefined, 'account'],
    ['another domain of the pool', 'AWS::Cognito::UserPoolDomain', 'Properties.Domain', 'acme', 'registered'],
    ['another kind of key', 'AWS::KMS::Key', 'Properties.KeySpec', 'RSA_2048', 'sealed'],
    ['another name of a bucket', 'AWS::S3::Bucket', 'Properties.BucketName', 'acme', 'empty'],
    ['a table that is not retained', 'AWS::DynamoDB::Table', 'DeletionPolicy', 'Delete', 'not retained'],
  ])('%s', (_name, type, path, value, says) => {
    const found = dangers({ type, path, ...(value === undefined ? {} : { value }) });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(says);
  });

  it.each(Object.keys(STATEFUL))('another logical id of an %s', (type) => {
    const [id = ''] = Object.entries(present).find(([, resource]) => resource.type === type) ?? [];
    const { [id]: moved, ...Resources } = production.Resources;
    if (!moved) throw new Error(`There is no ${type}.`);
    const found = dangersOf(present, { Resources: { ...Resources, Moved: moved } });
    expect(found).toEqual([expect.stringContaining(`${id} (${type}) is not there any more`)]);
  });
});

describe('a change of indexes that CloudFormation refuses is found', () => {
  const type = 'AWS::DynamoDB::Table';
  const id = 'TablesAudit';
  const index = (IndexName: string) => ({
    IndexName,
    KeySchema: [{ AttributeName: 'session', KeyType: 'HASH' }],
    Projection: { ProjectionType: 'KEYS_ONLY' },
  });
  const add = (name: string) => ({
    type,
    id,
    path: 'Properties.GlobalSecondaryIndexes.+',
    value: index(name),
  });

  it('two new ones at once, though not one', () => {
    expect(dangers(add('by-tool'))).toEqual([]);
    expect(dangers(add('by-tool'), add('by-server'))).toEqual([
      expect.stringContaining('not by-tool and by-server'),
    ]);
  });

  it('one that comes while another goes', () => {
    const replaced = { ...add('by-tool'), path: 'Properties.GlobalSecondaryIndexes.0' };
    expect(dangers(replaced)).toEqual([expect.stringContaining('per update')]);
  });

  it('one that keeps its name and gets another projection', () => {
    const path = 'Properties.GlobalSecondaryIndexes.0.Projection.ProjectionType';
    expect(dangers({ type, id, path, value: 'ALL' })).toEqual([
      expect.stringContaining('cannot change the index by-person'),
    ]);
  });
});

describe('what is known of replacements', () => {
  const models = readModels();
  const types = new Set(
    Object.values(templates).flatMap((t) => Object.values(t.Resources).map((r) => r.Type)),
  );
  /** Queues and logs hold what passes by; a new origin secret is sent by the same update that makes it. */
  const PASSING = ['AWS::Logs::LogGroup', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret'];

  it.each(Object.entries(STATEFUL))('has every property that replaces an %s', (type, { fixed }) => {
    const replacing = Object.entries(models.get(type)?.properties ?? {}).filter(
      ([, { causesReplacement = 'no' }]) => causesReplacement !== 'no',
    );
    expect(fixed).toEqual(expect.arrayContaining(replacing.map(([property]) => property)));
  });

  it('has every type of the templates that holds state', () => {
    const stateful = [...types].filter((type) => models.get(type)?.isStateful);
    expect(stateful.length).toBeGreaterThan(4);
    expect([...Object.keys(STATEFUL), ...PASSING]).toEqual(expect.arrayContaining(stateful));
  });
});
