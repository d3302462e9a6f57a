import { describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { parseEnvironment, type SallyportProps } from '../../../lib/configuration.ts';
import { Sallyport } from '../../../lib/sallyport.ts';
import { SallyportStack } from '../../../lib/sallyport-stack.ts';
import { type Resource, resourcesOf, statements } from '../template.ts';

const KEY = 'arn:aws:kms:eu-central-1:111122223333:key/';
const keyArns = { data: `${KEY}data`, vault: `${KEY}vault`, payloads: `${KEY}payloads` };

/** A deployment in an account that demands all there is to demand. */
const demanding = (name: string): SallyportProps => ({
  name,
  owners: ['it@acme.example'],
  portals: ['default'],
  tags: { team: 'platform' },
  operations: { alarmEmails: ['ops@acme.example', 'it@acme.example'], monthlyBudgetUsd: 400 },
  account: {
    namePrefix: 'acme-shared-platform',
    qualifier: 'acme',
    permissionsBoundary: 'acme/boundary',
    keyArns,
    vpc: {
      id: 'vpc-0a',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      subnetIds: ['subnet-0a', 'subnet-0b'],
      securityGroupIds: ['sg-0a'],
    },
    gatewayLogRole: 'existing',
  },
});
const plain = (name: string): SallyportProps => ({
  name,
  owners: ['it@acme.example'],
  portals: ['default'],
});

const app = new App({ builtinCloudFormationValidation: false });
const theirs = new Stack(app, 'Theirs', { env: { account: '111122223333', region: 'ap-southeast-1' } });
new Sallyport(theirs, 'One', { ...plain('One'), account: { namePrefix: 'acme' } });
new Sallyport(theirs, 'Two', { ...plain('Two'), account: { namePrefix: 'acme' } });
const stacks = [
  new SallyportStack(app, 'Production', demanding('Production')),
  ...['Blue', 'Green'].map((name) => new SallyportStack(app, name, plain(name))),
  theirs,
];
const templates = new Map(stacks.map((stack) => [stack.stackName, Template.fromStack(stack)]));
const templateOf = (name: string): Template => {
  const template = templates.get(name);
  if (!template) throw new Error(`There is no stack ${name}.`);
  return template;
};
const production = templateOf('Production');
const bare = ['Blue', 'Green'].map(templateOf);
const shared = templateOf('Theirs');

const resources = (template: Template) =>
  Object.values(template.toJSON().Resources as Record<string, Resource>);

/** A name as it will be, in a region whose own is as long as any. */
function resolved(name: unknown): string {
  if (typeof name === 'string') return name;
  const [separator, parts] = (name as { 'Fn::Join': [string, unknown[]] })['Fn::Join'];
  return parts
    .map((part) => (typeof part === 'string' ? part : PSEUDO[(part as { Ref: string }).Ref]))
    .join(separator);
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::AccountId': '111122223333',
  'AWS::Region': 'ap-southeast-1',
};

/** What each type may be named, in the words of CloudFormation's reference. */
const LEGAL: Readonly<Record<string, [string, RegExp]>> = {
  'AWS::DynamoDB::Table': ['TableName', /^[\w.-]{3,255}$/],
  'AWS::Events::EventBus': ['Name', /^[\w./-]{1,256}$/],
  'AWS::Events::Rule': ['Name', /^[\w.-]{1,64}$/],
  'AWS::IAM::Role': ['RoleName', /^[\w+=,.@-]{1,64}$/],
  'AWS::Lambda::Function': ['FunctionName', /^[\w-]{1,64}$/],
  'AWS::Logs::LogGroup': ['LogGroupName', /^[\w./#-]{1,512}$/],
  'AWS::S3::Bucket': ['BucketName', /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/],
  'AWS::SNS::Topic': ['TopicName', /^[\w-]{1,256}$/],
  'AWS::SQS::Queue': ['QueueName', /^[\w-]{1,80}$/],
};

/** Names of something else, or that are alone within what they belong to, as `type property`. */
const NOT_ALONE = [
  'AWS::ApiGateway::Stage StageName',
  'AWS::ApiGateway::BasePathMapping RestApiName',
  'AWS::Cognito::UserPoolUser Username',
  'AWS::CodeDeploy::DeploymentGroup DeploymentConfigName',
  'AWS::Lambda::Alias Name',
  'AWS::Lambda::Alias FunctionName',
  'AWS::Lambda::EventSourceMapping FunctionName',
  'AWS::Lambda::Permission FunctionName',
  'AWS::Lambda::Version FunctionName',
  'AWS::CloudWatch::Alarm MetricName',
  'AWS::IAM::Policy PolicyName',
];

/** Everything in a template that has to be the only one of its name, as `type property name`. */
function namesIn(template: Template): string[] {
  return resources(template).flatMap(({ Type, Properties }) =>
    Object.entries(Properties ?? {})
      .filter(([property]) => /Name$|^Domain$/.test(property))
      .filter(([property]) => !NOT_ALONE.includes(`${Type} ${property}`))
      .filter(([, name]) => !Object.hasOwn(Object(name), 'Ref') && !Object.hasOwn(Object(name), 'Fn::GetAtt'))
      .map(([property, name]) => `${Type} ${property} ${JSON.stringify(name)}`),
  );
}

describe('a name prefix', () => {
  it.each(Object.entries(LEGAL))('begins every name of %s, which AWS takes', (type, [property, legal]) => {
    const found = [production, shared].flatMap((template) => resourcesOf(template, type));
    expect(found).not.toEqual([]);
    for (const [, { Properties }] of found) {
      const name = resolved(Properties[property]);
      expect(name).toMatch(legal);
      expect(name).toMatch(/^(acme-|aws-waf-logs-)/);
    }
  });

  it('leaves a name readable', () => {
    const names = resourcesOf(production, 'AWS::DynamoDB::Table').map(([, { Properties }]) =>
      String(Properties.TableName),
    );
    for (const name of names)
      expect(name).toMatch(/^acme-shared-platform-foundation-tables-[a-z]+-[0-9a-f]{8}$/);
  });

  it('names the same resource the same at every synthesis', () => {
    const again = new App({ builtinCloudFormationValidation: false });
    const stack = new SallyportStack(again, 'Production', demanding('Production'));
    expect(namesIn(Template.fromStack(stack))).toEqual(namesIn(production));
  });
});

describe('several deployments in one account and region', () => {
  it.each([
    ['with prefixes', () => [production, shared]],
    ['without any', () => bare],
  ])('have no name in common, %s', (_how, deployments) => {
    const names = deployments().flatMap((template) => [...new Set(namesIn(template))]);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('have no name in common within one stack, where the prefix is the same', () => {
    const names = namesIn(shared);
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('leave the one role by which API Gateway writes logs to whoever made it', () => {
    expect(resourcesOf(production, 'AWS::ApiGateway::Account')).toEqual([]);
    expect(bare.flatMap((template) => resourcesOf(template, 'AWS::ApiGateway::Account'))).toHaveLength(2);
  });
});

describe('the account', () => {
  it('bounds every role, those that the CDK makes for itself among them', () => {
    const roles = resourcesOf(production, 'AWS::IAM::Role');
    expect(roles.length).toBeGreaterThan(8);
    for (const [, { Properties }] of roles) {
      expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':policy/acme/boundary');
    }
  });

  it('is deployed to by the roles of its own bootstrap', () => {
    expect(JSON.stringify(resourcesOf(production, 'AWS::Lambda::Function'))).toContain('cdk-acme-assets-');
    expect(JSON.stringify(production.toJSON())).not.toContain('hnb659fds');
  });

  it('is the one that the configuration names', () => {
    const account = { id: '111122223333', region: 'eu-central-1' };
    const pinned = new SallyportStack(new App(), 'Pinned', { ...plain('Pinned'), account });
    expect([pinned.account, pinned.region]).toEqual(['111122223333', 'eu-central-1']);
  });

  it.each([
    ['another account', { id: '444455556666', region: 'eu-central-1' }, 'Elsewhere/Sallyport: account.id is'],
    ['another bootstrap', { qualifier: 'acme' }, 'account.qualifier is "acme"'],
  ])('is refused when the stack that the construct is put in goes to %s', (_name, account, message) => {
    const stack = new Stack(new App(), 'Elsewhere', {
      env: { account: '111122223333', region: 'eu-central-1' },
    });
    expect(() => new Sallyport(stack, 'Sallyport', { ...plain('Elsewhere'), account })).toThrow(message);
  });

  it('has its tags on everything that takes any, and that of the deployment', () => {
    for (const type of [
      'AWS::DynamoDB::Table',
      'AWS::Lambda::Function',
      'AWS::IAM::Role',
      'AWS::SQS::Queue',
    ]) {
      for (const [, { Properties }] of resourcesOf(production, type)) {
        expect(Properties.Tags).toEqual(
          expect.arrayContaining([
            { Key: 'sallyport-deployment', Value: 'Production' },
            { Key: 'team', Value: 'platform' },
          ]),
        );
      }
    }
  });
});

describe('keys of the customer', () => {
  it('take the place of ours, so that only the key of the alarms is made', () => {
    expect(resourcesOf(production, 'AWS::KMS::Key').map(([id]) => id)).toEqual([
      expect.stringContaining('Alarms'),
    ]);
    const keyOf = new Map(
      resourcesOf(production, 'AWS::DynamoDB::Table').map(([id, { Properties }]) => [
        /Tables([A-Z][a-z]+)/.exec(id)?.[1],
        (Properties.SSESpecification as { KMSMasterKeyId: unknown }).KMSMasterKeyId,
      ]),
    );
    expect(Object.fromEntries(keyOf)).toEqual({
      Policies: keyArns.data,
      Identity: keyArns.data,
      Catalog: keyArns.data,
      Audit: keyArns.data,
      Vault: keyArns.vault,
      Payloads: keyArns.payloads,
    });
  });

  it('may be used by the same roles, for the same', () => {
    const grants = (template: Template) =>
      statements(template)
        .filter(({ actions }) => actions.some((action) => action.startsWith('kms:')))
        .map(({ role, actions, conditions }) => JSON.stringify([role.slice(0, -8), actions, conditions]))
        .sort();
    expect(grants(production)).toEqual(grants(templateOf('Blue')));
    expect(grants(production).length).toBeGreaterThan(5);
  });
});

describe('a network of the customer', () => {
  const inNetwork = resourcesOf(production, 'AWS::Lambda::Function').filter(
    ([, { Properties }]) => Properties.VpcConfig !== undefined,
  );

  it('holds the functions that call MCP servers, and no other', () => {
    expect(inNetwork.map(([id]) => String(/Sallyport([A-Z][a-z]+)/.exec(id)?.[1])).sort()).toEqual([
      'Admin',
      'Portal',
    ]);
    for (const [, { Properties }] of inNetwork) {
      expect(Properties.VpcConfig).toEqual({
        SubnetIds: ['subnet-0a', 'subnet-0b'],
        SecurityGroupIds: ['sg-0a'],
      });
    }
    expect(resourcesOf(production, 'AWS::EC2::SecurityGroup')).toEqual([]);
  });

  it('lets Lambda make their interfaces, and their own code not', () => {
    const roles = inNetwork.map(([, { Properties }]) => JSON.stringify(Properties.Role));
    const about = statements(production).filter(({ actions }) => actions.join().includes('ec2:'));
    expect(about).toHaveLength(2 * inNetwork.length);
    for (const { role } of about) expect(roles.join()).toContain(role);
    for (const statement of about.filter(({ effect }) => effect === 'Deny')) {
      expect(Object.keys(statement.conditions.ArnLike ?? {})).toEqual(['lambda:SourceFunctionArn']);
    }
    expect(about.map(({ effect }) => effect).sort()).toEqual(['Allow', 'Allow', 'Deny', 'Deny']);
  });
});

describe('a monthly budget', () => {
  it('counts what has the tag of the deployment, and tells at 80 % spent and 100 % forecast', () => {
    const [[, budget] = []] = resourcesOf(production, 'AWS::Budgets::Budget');
    expect(budget?.Properties).toMatchObject({
      Budget: {
        BudgetLimit: { Amount: 400, Unit: 'USD' },
        CostFilters: { TagKeyValue: ['user:sallyport-deployment$Production'] },
        TimeUnit: 'MONTHLY',
      },
      NotificationsWithSubscribers: [
        { Notification: { NotificationType: 'ACTUAL', Threshold: 80 } },
        { Notification: { NotificationType: 'FORECASTED', Threshold: 100 } },
      ],
    });
    const subscribers = budget?.Properties.NotificationsWithSubscribers as { Subscribers: unknown }[];
    for (const { Subscribers } of subscribers) {
      expect(Subscribers).toEqual([
        { SubscriptionType: 'EMAIL', Address: 'ops@acme.example' },
        { SubscriptionType: 'EMAIL', Address: 'it@acme.example' },
      ]);
    }
  });

  it('is not made unless asked for, and not without somebody to tell', () => {
    for (const template of bare) expect(resourcesOf(template, 'AWS::Budgets::Budget')).toEqual([]);
    expect(() => parseEnvironment({ ...plain('Quiet'), operations: { monthlyBudgetUsd: 10 } }, 'It')).toThrow(
      'operations.monthlyBudgetUsd: needs alarmEmails',
    );
  });
});

describe('the outputs', () => {
  it('have short names in a stack of its own', () => {
    expect(Object.keys(production.toJSON().Outputs).sort()).toEqual([
      'AlarmTopicArn',
      'ApiHost',
      'ConsoleUrl',
      'DoctorCommand',
      'Issuer',
      'McpUrl',
      'OidcCallbackUrl',
      'SamlAcsUrl',
      'SamlEntityId',
      'UserPoolId',
      'WebAclArn',
    ]);
  });

  it('are told apart when one stack holds two deployments', () => {
    const told = Object.keys(shared.toJSON().Outputs);
    for (const id of ['One', 'Two']) {
      expect(told.filter((name) => name.startsWith(`${id}McpUrl`))).toHaveLength(1);
    }
    expect(told).toHaveLength(22);
  });
});

describe('what a construct is given', () => {
  it('may be filled in already: it stays as it is', () => {
    const once = parseEnvironment(demanding('Production'), 'It');
    expect(parseEnvironment(once, 'It')).toEqual(once);
  });

  it('is refused with every fault at its path', () => {
    const stack = new Stack(new App(), 'Wrong');
    const props = { ...plain('my-aws-door'), owners: [] };
    expect(() => new Sallyport(stack, 'Door', props)).toThrow(
      /What Wrong\/Door was given is not valid:\n {2}name: must not contain aws.*\n {2}owners: needs/,
    );
  });
});
