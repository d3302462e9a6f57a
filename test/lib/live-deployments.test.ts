import { describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { makeStack, resourcesOf, template, withoutScope } from './template.ts';

const production = template();
const functions = resourcesOf(production, 'AWS::Lambda::Function');
const aliases = resourcesOf(production, 'AWS::Lambda::Alias');
const groups = new Map(resourcesOf(production, 'AWS::CodeDeploy::DeploymentGroup'));
const properties = (type: string) => resourcesOf(production, type).map(([, found]) => found.Properties);

/** The deployment group that moves an alias. */
const groupOf = (alias: unknown) => {
  const text = JSON.stringify(alias);
  return [...groups.keys()].find((id) => text.includes(`"DeploymentGroupName":{"Ref":"${id}"}`)) ?? '';
};
const answering = ['AccessAuthorizer', 'AccessOauth', 'AdminApi', 'ConsolePages', 'PortalRelay'];
const answers = (id: string) => answering.some((name) => withoutScope(id).startsWith(name));

describe('a deployed function', () => {
  it('is served by the alias of its current version', () => {
    expect(aliases).toHaveLength(functions.length);
    for (const [, { Properties }] of aliases) {
      expect(Properties.Name).toBe('live');
      expect(JSON.stringify(Properties.FunctionVersion)).toMatch(/CurrentVersion\w+","Version"\]/);
    }
  });

  it('is invoked by its alias and in no other way', () => {
    const invoked = [
      ...properties('AWS::ApiGateway::Method').flatMap(({ Integration }) => JSON.stringify(Integration)),
      ...properties('AWS::ApiGateway::Authorizer').map(({ AuthorizerUri }) => JSON.stringify(AuthorizerUri)),
      ...properties('AWS::Lambda::EventSourceMapping').map(({ FunctionName }) =>
        JSON.stringify(FunctionName),
      ),
      ...properties('AWS::Events::Rule').map(({ Targets }) => JSON.stringify(Targets)),
      ...properties('AWS::Lambda::Permission').map(({ FunctionName }) => JSON.stringify(FunctionName)),
    ];
    expect(invoked.length).toBeGreaterThan(20);
    for (const text of invoked)
      expect(aliases.filter(([id]) => text.includes(`"Ref":"${id}"`))).toHaveLength(1);
  });

  it('keeps its earlier versions, but none that a failed deployment made', () => {
    for (const [, version] of resourcesOf(production, 'AWS::Lambda::Version'))
      expect(version.DeletionPolicy).toBe('RetainExceptOnCreate');
  });

  it('takes a tenth of the requests first when it answers them, and is replaced at once when it works by itself', () => {
    for (const [id, alias] of aliases)
      expect(groups.get(groupOf(alias))?.Properties.DeploymentConfigName).toBe(
        answers(id) ? 'CodeDeployDefault.LambdaCanary10Percent5Minutes' : 'CodeDeployDefault.LambdaAllAtOnce',
      );
  });

  it('is rolled back on its own errors, and when it answers also on errors of the relay and of the gateway', () => {
    for (const [id, alias] of aliases) {
      const { AlarmConfiguration, AutoRollbackConfiguration } = groups.get(groupOf(alias))?.Properties ?? {};
      const alarms = JSON.stringify(AlarmConfiguration);
      expect(alarms).toMatch(/"Ref":"SallyportAlarms\w+Errors/);
      expect(/AlarmsRelayInternal/.test(alarms) && /AlarmsServerErrors/.test(alarms)).toBe(answers(id));
      expect(alarms).toContain('"Enabled":true');
      expect(AutoRollbackConfiguration).toMatchObject({
        Enabled: true,
        Events: expect.arrayContaining(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM']),
      });
    }
  });

  it('tells the operators when it was rolled back', () => {
    for (const { Properties } of groups.values())
      expect(Properties.TriggerConfigurations).toMatchObject([
        { TriggerEvents: expect.arrayContaining(['DeploymentFailure', 'DeploymentRollback']) },
      ]);
  });
});

describe('the role of CodeDeploy', () => {
  const [roleId = '', role] =
    resourcesOf(production, 'AWS::IAM::Role').find(([id]) => id.includes('LiveDeployments')) ?? [];
  const [, policy] =
    resourcesOf(production, 'AWS::IAM::Policy').find(([, { Properties }]) =>
      JSON.stringify(Properties.Roles).includes(roleId),
    ) ?? [];
  const { Statement } = (policy?.Properties.PolicyDocument ?? { Statement: [] }) as {
    Statement: { Action: string | string[]; Resource: unknown }[];
  };

  it('may move the aliases of this deployment, read alarms and tell the operators, and nothing else', () => {
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    expect([...new Set(Statement.flatMap(({ Action }) => Action))].toSorted()).toEqual([
      'cloudwatch:DescribeAlarms',
      'kms:Decrypt',
      'kms:GenerateDataKey',
      'lambda:GetAlias',
      'lambda:GetProvisionedConcurrencyConfig',
      'lambda:UpdateAlias',
      'sns:Publish',
    ]);
    const everywhere = Statement.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
    expect(everywhere).toEqual(['cloudwatch:DescribeAlarms']);
    const moved = Statement.filter(({ Action }) => Action.includes('lambda:UpdateAlias'));
    const named = JSON.stringify(moved.map(({ Resource }) => Resource));
    for (const [id] of functions) expect(named).toContain(`"${id}"`);
  });
});

describe('a deployment while an alarm is raised', () => {
  it('goes on when it is told to ignore alarms, as the one that brings the remedy has to', () => {
    const stack = makeStack('production', { 'ignore-alarms': 'true' });
    const configurations = resourcesOf(Template.fromStack(stack), 'AWS::CodeDeploy::DeploymentGroup').map(
      ([, { Properties }]) => Properties.AlarmConfiguration,
    );
    for (const configuration of configurations) expect(configuration).toMatchObject({ Enabled: false });
  });
});
