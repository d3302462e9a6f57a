import './counting.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import { evaluate } from '../../local/cloudwatch/evaluate.ts';
import { isEvaluatedHere } from '../../local/cloudwatch/produced.ts';
import { readDeployment } from '../../local/template/deployment.ts';
import { makeStack, resourcesOf } from '../lib/template.ts';
import { functionFaults } from './faults/functions.ts';
import { gatewayFaults } from './faults/gateway.ts';
import { jobFaults } from './faults/jobs.ts';
import { relayFaults } from './faults/relay.ts';
import { closeProvider, signInFaults } from './faults/sign-in.ts';
import { tableFaults } from './faults/tables.ts';
import { type Fault, idOf, Scene } from './scene.ts';

const stack = makeStack('embedded');
const assembly = App.of(stack)?.synth({ skipValidation: true }).directory ?? '';
const template = Template.fromJSON(
  JSON.parse(readFileSync(join(assembly, `${stack.stackName}.template.json`), 'utf8')),
);
const deployment = readDeployment(assembly, 'http://127.0.0.1:8789');
const { alarms } = deployment;
const ids = alarms.map(({ description }) => idOf(description)).toSorted();

const FAULTS: Fault[] = [
  ...functionFaults,
  ...gatewayFaults,
  ...jobFaults,
  ...relayFaults,
  ...signInFaults,
  ...tableFaults,
];

afterAll(closeProvider);

describe('an alarm', () => {
  it.each(FAULTS.map((fault) => [fault.raises.join(', '), fault.by, fault] as const))(
    '%s: raised by %s and by nothing else of it, told, and over when that is over',
    async (_ids, _by, { start, raises, minutes = 2 }) => {
      await using scene = new Scene(deployment);
      const fault = await start(scene);
      scene.endMinute();
      expect(scene.raised()).toEqual([]);
      for (let minute = 0; minute < minutes; minute++) {
        await fault.inject();
        scene.endMinute();
      }
      scene.endMinute();
      await fault.stop?.();
      expect(scene.raised()).toEqual(raises.toSorted());
      expect(scene.told('ALARM').toSorted()).toEqual(raises.toSorted());
      fault.remedy?.();
      for (let minute = 0; minute < 30; minute++) scene.endMinute();
      expect(scene.raised()).toEqual([]);
      expect(scene.told('OK')).toEqual(expect.arrayContaining(raises));
    },
  );

  it('that nothing in the embedded cloud measures is not judged there, and is raised by what AWS measures', () => {
    const [firewall, ...others] = alarms.filter((alarm) => !isEvaluatedHere(alarm));
    expect(others).toEqual([]);
    expect(idOf(firewall?.description ?? '')).toBe('FirewallBlocking');
    expect(firewall?.terms).toMatchObject([
      { metric: { namespace: 'AWS/WAFV2', name: 'BlockedRequests' }, statistic: 'Sum' },
    ]);
    if (firewall)
      expect([999, 1000].map((blocked) => evaluate(firewall, [blocked]))).toEqual(['OK', 'ALARM']);
  });
});

describe('every alarm', () => {
  const runbook = readFileSync(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
  const sections = new Map(
    runbook.split(/^(?=#{2,3} )/m).map((section) => [
      /^#+ (.*)$/m
        .exec(section)?.[1]
        ?.toLowerCase()
        .replaceAll(/[^\w -]/g, '')
        .replaceAll(' ', '-') ?? '',
      section,
    ]),
  );

  it('has a fault that raises it', () => {
    expect([...FAULTS.flatMap(({ raises }) => raises), 'FirewallBlocking'].toSorted()).toEqual(ids);
  });

  it('about what functions count looks where each of them counts', () => {
    const counted = alarms
      .flatMap(({ terms }) => terms)
      .filter(({ metric }) => metric.namespace === 'Sallyport');
    const counting = deployment.functions.filter(({ codeFolder }) =>
      readFileSync(join(codeFolder, 'index.mjs'), 'utf8').includes('CloudWatchMetrics'),
    );
    expect(counted.length).toBeGreaterThan(5);
    expect(counting.length).toBeGreaterThan(3);
    const names = new Set([
      ...counted.map(({ metric }) => metric.dimensions.deployment),
      ...counting.map(({ environment }) => environment.DEPLOYMENT_NAME),
    ]);
    expect([...names]).toEqual(['Sallyport-Embedded']);
  });

  it('tells the topic when it is raised and when it is over', () => {
    const { topics } = deployment;
    expect(topics).toHaveLength(1);
    for (const { alarmActions, okActions } of alarms)
      expect([alarmActions, okActions]).toEqual([topics, topics]);
  });

  it.each(alarms.map(({ description }) => [idOf(description), description]))(
    '%s has a section in the runbook: how to tell, what to do, how to know that it is over',
    (id, description) => {
      const anchor = / docs\/runbook\.md#([\w-]+)$/.exec(description)?.[1] ?? '';
      const section = sections.get(anchor) ?? '';
      expect(section).toContain(`\`${id}\``);
      for (const part of ['**How to tell.**', '**What to do.**', '**It is over**'])
        expect(section).toContain(part);
    },
  );
});

describe('the topic', () => {
  const one = (type: string) =>
    resourcesOf(template, type).find(([id]) => id.startsWith('SallyportAlarms'))?.[1].Properties ?? {};
  const cloudWatchOfThisAccount = {
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
  };

  it('is encrypted with a key that CloudWatch may use, unlike the one of SNS', () => {
    expect(one('AWS::SNS::Topic').KmsMasterKeyId).toBeDefined();
    expect(one('AWS::KMS::Key').KeyPolicy).toMatchObject({
      Statement: expect.arrayContaining([
        { ...cloudWatchOfThisAccount, Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], Resource: '*' },
      ]),
    });
  });

  it('takes messages of the alarms of this account, over TLS only', () => {
    expect(one('AWS::SNS::TopicPolicy').PolicyDocument).toMatchObject({
      Statement: expect.arrayContaining([
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        expect.objectContaining({ ...cloudWatchOfThisAccount, Action: 'sns:Publish' }),
      ]),
    });
  });
});
