import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { BundledFunction } from './function.ts';

/** How often a job is tried before it goes to the dead-letter queue. */
const RECEIVES = 3;

/** A queue of jobs with its dead-letter queue. */
export class JobQueue extends Construct {
  /** The longest timeout a consumer may have. */
  static readonly consumerTimeout = Duration.minutes(1);
  readonly queue: Queue;
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const shared = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...shared, retentionPeriod: Duration.days(14) });
    this.queue = new Queue(this, 'Queue', {
      ...shared,
      // Lambda asks for six times the function's timeout, so that throttled invocations are tried again in time.
      visibilityTimeout: Duration.seconds(6 * JobQueue.consumerTimeout.toSeconds()),
      retentionPeriod: Duration.days(4),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: RECEIVES },
    });
  }

  get url(): string {
    return this.queue.queueUrl;
  }

  /** Lets a role put jobs on the queue. */
  filledBy(role: IRole): void {
    role.addToPrincipalPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queue.queueArn] }),
    );
  }

  /** Invokes a function with each job. @throws Error when the function may run longer than the queue allows for. */
  consumedBy(target: BundledFunction): void {
    const timeout = target.lambda.timeout ?? Duration.seconds(3);
    if (timeout.toSeconds() > JobQueue.consumerTimeout.toSeconds()) {
      throw new Error(
        `${target.node.path} runs up to ${timeout.toSeconds()} s; jobs have ${JobQueue.consumerTimeout.toSeconds()} s.`,
      );
    }
    target.role.addToPolicy(
      new PolicyStatement({
        actions: ['sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        resources: [this.queue.queueArn],
      }),
    );
    new EventSourceMapping(this, 'Consumer', {
      target: target.live,
      eventSourceArn: this.queue.queueArn,
      batchSize: 1,
      reportBatchItemFailures: true,
    });
  }
}
