import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { JobQueue } from './job-queue.ts';
import { allowTable } from './permissions.ts';

/** What is done with the audit's records after they were written. */
export class Audit extends Construct {
  readonly sweep: BundledFunction;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { tables, keys } = foundation;
    this.sweep = new BundledFunction(this, 'Sweep', {
      entry: 'audit/sweep',
      description: 'Records an outcome "unknown" for intents that have none',
      logRetention: foundation.logRetention,
      timeout: JobQueue.consumerTimeout,
      shift: 'at-once',
      environment: { ...foundation.auditEnvironment, POLICIES_TABLE: tables.policies.tableName },
    });
    const { role } = this.sweep;
    allowTable(role, { table: tables.audit, key: keys.data, operations: ['PutItem', 'Query'] });
    allowTable(role, {
      table: tables.policies,
      key: keys.data,
      operations: ['GetItem', 'PutItem'],
      partitions: ['Work#sweep-intents'],
    });
  }
}
