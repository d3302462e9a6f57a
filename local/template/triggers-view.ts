import * as z from 'zod';
import type { QueueView } from '../services/message-queue.ts';
import type { EventSourceView } from '../triggers/event-source.ts';
import type { ScheduleView } from '../triggers/schedule.ts';
import type { FindInvocable } from './invocables.ts';
import type { Stack } from './stack.ts';

const queue = z.strictObject({
  QueueName: z.string().optional(),
  VisibilityTimeout: z.int().default(30),
  RedrivePolicy: z.strictObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.int() }).optional(),
  // Messages are files that only the owner of the data folder reads, and are kept until they are done with.
  SqsManagedSseEnabled: z.boolean().optional(),
  MessageRetentionPeriod: z.int().optional(),
  Tags: z.unknown().optional(),
});

export const readQueues = (stack: Stack): QueueView[] =>
  stack.ofType('AWS::SQS::Queue', queue).map(({ name, attributes, properties }) => ({
    name: attributes.QueueName ?? '',
    url: name,
    arn: attributes.Arn ?? '',
    visibilityTimeout: properties.VisibilityTimeout,
    deadLetters: properties.RedrivePolicy && {
      arn: properties.RedrivePolicy.deadLetterTargetArn,
      maxReceiveCount: properties.RedrivePolicy.maxReceiveCount,
    },
  }));

const eventSource = z.strictObject({
  EventSourceArn: z.string(),
  FunctionName: z.string(),
  BatchSize: z.literal(1),
  FunctionResponseTypes: z.tuple([z.literal('ReportBatchItemFailures')]),
  Tags: z.unknown().optional(),
});

/** @throws Error naming the mapping whose function or queue is not in the template. */
export function readEventSources(stack: Stack, invocable: FindInvocable): EventSourceView[] {
  const queues = readQueues(stack);
  return stack.ofType('AWS::Lambda::EventSourceMapping', eventSource).map(({ logicalId, properties }) => {
    const { EventSourceArn, FunctionName } = properties;
    const target = invocable(FunctionName);
    const source = queues.find(({ arn }) => arn === EventSourceArn);
    if (!target) throw new Error(`${logicalId} invokes ${FunctionName}, which is no function here.`);
    if (!source) throw new Error(`${logicalId} reads ${EventSourceArn}, which is no queue here.`);
    if (source.visibilityTimeout < target.view.timeoutSeconds)
      throw new Error(`${logicalId}: the queue's visibility timeout is below the function's timeout.`);
    return { queueArn: source.arn, functionName: target.name, role: target.view.role };
  });
}

const rule = z.strictObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  State: z.literal('ENABLED').optional(),
  ScheduleExpression: z.string(),
  Targets: z.array(z.strictObject({ Arn: z.string(), Id: z.string() })).min(1),
  Tags: z.unknown().optional(),
});

/** @throws Error naming the rule that has no rate or does not invoke functions. */
export const readSchedules = (stack: Stack, invocable: FindInvocable): ScheduleView[] =>
  stack.ofType('AWS::Events::Rule', rule).map(({ logicalId, attributes, properties }) => ({
    ruleArn: attributes.Arn ?? '',
    everyMilliseconds: everyMilliseconds(properties.ScheduleExpression, logicalId),
    functionNames: properties.Targets.map(({ Arn }) => {
      const target = invocable(Arn);
      if (!target) throw new Error(`${logicalId} invokes ${Arn}, which is no function here.`);
      return target.name;
    }),
  }));

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** The singular belongs to 1 alone: EventBridge refuses `rate(1 minutes)` and `rate(5 minute)`. */
function everyMilliseconds(expression: string, logicalId: string): number {
  const [, count = '', unit = '', plural = ''] =
    /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  const milliseconds = UNITS[unit];
  if (milliseconds === undefined || (count === '1') !== (plural === ''))
    throw new Error(`${logicalId} has the schedule ${expression}; only rate(…) runs in the embedded cloud.`);
  return Number(count) * milliseconds;
}
