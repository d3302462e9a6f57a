import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { JobQueue } from './job-queue.ts';
import { allowDueReading, allowTable } from './permissions.ts';

/** Each minute, what is due goes to the queue of the capability that does it. */
export class Dispatch extends Construct {
  readonly tick: BundledFunction;
  /** Key rotation, held clients. */
  readonly accessJobs: JobQueue;
  /** Intents without an outcome. */
  readonly auditJobs: JobQueue;
  /** Migrations. */
  readonly dataJobs: JobQueue;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { tables, keys } = foundation;
    this.accessJobs = new JobQueue(this, 'AccessJobs');
    this.auditJobs = new JobQueue(this, 'AuditJobs');
    this.dataJobs = new JobQueue(this, 'DataJobs');
    this.tick = new BundledFunction(this, 'Tick', {
      entry: 'dispatch/tick',
      description: 'Hands work that is due to its queue',
      shift: 'at-once',
      logRetention: foundation.logRetention,
      environment: {
        POLICIES_TABLE: tables.policies.tableName,
        ACCESS_JOBS_QUEUE: this.accessJobs.url,
        AUDIT_JOBS_QUEUE: this.auditJobs.url,
        DATA_JOBS_QUEUE: this.dataJobs.url,
      },
    });
    const { role } = this.tick;
    allowTable(role, {
      table: tables.policies,
      key: keys.data,
      operations: ['GetItem', 'PutItem', 'UpdateItem'],
      partitions: ['Work#*'],
    });
    allowDueReading(role, tables.policies, keys.data);
    for (const queue of [this.accessJobs, this.auditJobs, this.dataJobs]) queue.filledBy(role);
    new Rule(this, 'EveryMinute', {
      description: 'Sallyport: looks for work that is due',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [new LambdaFunction(this.tick.live)],
    });
  }
}
