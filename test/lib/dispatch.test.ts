import { describe, expect, it } from '@jest/globals';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { App, Duration, Stack } from 'aws-cdk-lib/core';
import { ANSWERED_WITHIN } from '../../lambdas/audit/open-intents.ts';
import { BundledFunction } from '../../lib/function.ts';
import { JobQueue } from '../../lib/job-queue.ts';
import { resourcesOf, statements, template } from './template.ts';

const production = template();
const queues = resourcesOf(production, 'AWS::SQS::Queue');
const deadLetters = queues.filter(([, { Properties }]) => Properties.RedrivePolicy === undefined);
const jobQueues = queues.filter(([, { Properties }]) => Properties.RedrivePolicy !== undefined);
const mappings = resourcesOf(production, 'AWS::Lambda::EventSourceMapping').map(([, m]) => m.Properties);
const functions = new Map(resourcesOf(production, 'AWS::Lambda::Function'));
const aliases = new Map(resourcesOf(production, 'AWS::Lambda::Alias'));
/** The logical id of the function behind an alias. */
const functionOf = (alias: string): string =>
  (aliases.get(alias)?.Properties.FunctionName as { Ref: string } | undefined)?.Ref ?? '';
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const grantsOf = (role: string) =>
  statements(production)
    .filter((s) => s.role.startsWith(role))
    .flatMap((s) => s.actions.map((action) => ({ ...s, action })))
    .filter(({ action }) => !action.startsWith('kms:') && !action.startsWith('logs:'));
const partitionsOf = (grant: { conditions: Record<string, Record<string, unknown>> } | undefined) =>
  grant?.conditions['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];

describe('every queue of jobs', () => {
  it('gives a job up to a dead-letter queue of its own after three receives', () => {
    expect(jobQueues.length).toBeGreaterThanOrEqual(2);
    const targets = jobQueues.map(([, { Properties }]) => Properties.RedrivePolicy);
    for (const target of targets) expect(target).toMatchObject({ maxReceiveCount: 3 });
    expect(new Set(targets.map((target) => JSON.stringify(target))).size).toBe(deadLetters.length);
    expect(deadLetters.length).toBe(jobQueues.length);
  });

  it('is encrypted, and so is its dead-letter queue, and neither takes plain http', () => {
    for (const [id, { Properties }] of queues) {
      expect(Properties.SqsManagedSseEnabled).toBe(true);
      production.hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: id }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Deny',
              Action: 'sqs:*',
              Principal: { AWS: '*' },
              Resource: arn(id),
              Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            },
          ],
        },
      });
    }
  });

  it('keeps a job longer once it is given up', () => {
    const kept = (found: typeof queues) => found.map(([, q]) => Number(q.Properties.MessageRetentionPeriod));
    expect(Math.min(...kept(deadLetters))).toBeGreaterThan(Math.max(...kept(jobQueues)));
  });

  it('hands one job at a time to exactly one function, and takes back those that it reports', () => {
    expect(mappings.map(({ EventSourceArn }) => JSON.stringify(EventSourceArn)).sort()).toEqual(
      jobQueues.map(([id]) => JSON.stringify(arn(id))).sort(),
    );
    for (const mapping of mappings)
      expect(mapping).toMatchObject({ BatchSize: 1, FunctionResponseTypes: ['ReportBatchItemFailures'] });
  });

  it('hides a job for six times as long as its function may run', () => {
    for (const { EventSourceArn, FunctionName } of mappings) {
      const [, queue] =
        jobQueues.find(([id]) => JSON.stringify(arn(id)) === JSON.stringify(EventSourceArn)) ?? [];
      const alias = /"Ref":"([^"]+)"/.exec(JSON.stringify(FunctionName))?.[1];
      const timeout = functions.get(functionOf(alias ?? ''))?.Properties.Timeout;
      expect(Number(queue?.Properties.VisibilityTimeout)).toBeGreaterThanOrEqual(6 * Number(timeout));
    }
  });

  it('refuses a function that may run for longer', () => {
    const stack = new Stack(new App());
    const slow = new BundledFunction(stack, 'Slow', {
      entry: 'audit/sweep',
      description: 'slow',
      environment: {},
      logRetention: RetentionDays.ONE_WEEK,
      timeout: Duration.seconds(61),
    });
    expect(() => new JobQueue(stack, 'Jobs').consumedBy(slow)).toThrow(
      'Slow runs up to 61 s; jobs have 60 s.',
    );
  });
});

describe('the dispatcher', () => {
  it('runs once a minute', () => {
    const rules = resourcesOf(production, 'AWS::Events::Rule');
    expect(rules).toHaveLength(1);
    const tick = [...aliases.keys()].find((id) => id.startsWith('SallyportDispatchTick')) ?? '';
    expect(rules[0]?.[1].Properties).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [{ Arn: { Ref: tick } }],
    });
    production.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { Ref: tick },
      Principal: 'events.amazonaws.com',
      SourceArn: arn(rules[0]?.[0] ?? ''),
    });
  });

  it('may send to the queues and move work, and nothing else', () => {
    const grants = grantsOf('DispatchTick');
    const sends = grants.filter(({ action }) => action === 'sqs:SendMessage');
    expect(sends.flatMap(({ resources }) => resources).sort()).toEqual(
      jobQueues.map(([id]) => JSON.stringify(arn(id))).sort(),
    );
    const others = grants.filter(({ action }) => action !== 'sqs:SendMessage');
    expect(others.map(({ action }) => action).sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
    ]);
    for (const grant of others) {
      expect(grant.resources.every((resource) => resource.includes('TablesPolicies'))).toBe(true);
      expect(partitionsOf(grant)).toEqual(grant.action === 'dynamodb:Query' ? ['work'] : ['Work#*']);
    }
  });

  it('finds work by a sparse index on its due time', () => {
    const [, policies] =
      resourcesOf(production, 'AWS::DynamoDB::Table').find(([id]) => id.includes('TablesPolicies')) ?? [];
    expect(policies?.Properties.GlobalSecondaryIndexes).toContainEqual({
      IndexName: 'by-due',
      KeySchema: [
        { AttributeName: 'due', KeyType: 'HASH' },
        { AttributeName: 'dueAt', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    });
  });
});

describe('the sweep of intents', () => {
  it('may take its jobs, read and add audit records, keep its checkpoint, and nothing else', () => {
    const grants = grantsOf('AuditSweep').map((grant) => [
      grant.action,
      grant.resources.map((resource) => /Tables[A-Z][a-z]+|AuditJobsQueue/.exec(resource)?.[0]).join(),
      partitionsOf(grant),
    ]);
    expect(grants.map((grant) => JSON.stringify(grant)).sort()).toEqual(
      [
        ['dynamodb:GetItem', 'TablesPolicies', ['Work#sweep-intents']],
        ['dynamodb:PutItem', 'TablesAudit', undefined],
        ['dynamodb:PutItem', 'TablesPolicies', ['Work#sweep-intents']],
        ['dynamodb:Query', 'TablesAudit', undefined],
        ['sqs:DeleteMessage', 'AuditJobsQueue', undefined],
        ['sqs:GetQueueAttributes', 'AuditJobsQueue', undefined],
        ['sqs:ReceiveMessage', 'AuditJobsQueue', undefined],
      ].map((grant) => JSON.stringify(grant)),
    );
  });

  it('waits longer for an outcome than any function runs', () => {
    const timeouts = [...functions.values()].map(({ Properties }) => Number(Properties.Timeout) * 1000);
    expect(Math.max(...timeouts)).toBeLessThan(ANSWERED_WITHIN / 2);
  });
});
