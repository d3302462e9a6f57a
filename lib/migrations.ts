import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { JobQueue } from './job-queue.ts';
import { Keys } from './keys.ts';
import { allowTable } from './permissions.ts';

/** The kinds of configuration documents, which portals are put together from. */
const DOCUMENT_KINDS = [
  'ExternalEvaluation',
  'List',
  'Policy',
  'Portal',
  'RuleGroup',
  'Server',
  'ServiceToken',
] as const;

/** Brings stored data to the version that the deployed code works with. */
export class Migrations extends Construct {
  readonly migrate: BundledFunction;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { tables, keys, snapshots } = foundation;
    this.migrate = new BundledFunction(this, 'Migrate', {
      entry: 'migrations/migrate',
      description: 'Migrates stored data to the version of the code',
      logRetention: foundation.logRetention,
      timeout: JobQueue.consumerTimeout,
      shift: 'at-once',
      environment: { ...foundation.snapshotEnvironment, CATALOG_TABLE: tables.catalog.tableName },
    });
    const { role } = this.migrate;
    const policies = { table: tables.policies, key: keys.data };
    allowTable(role, {
      ...policies,
      operations: ['GetItem', 'PutItem'],
      partitions: ['DataVersion', 'Snapshot#*'],
    });
    allowTable(role, {
      ...policies,
      operations: ['GetItem'],
      partitions: ['Configuration#head', ...DOCUMENT_KINDS.map((kind) => `${kind}#*`)],
    });
    allowTable(role, {
      ...policies,
      operations: ['Query'],
      partitions: DOCUMENT_KINDS,
      indexes: ['by-kind'],
      indexesOnly: true,
    });
    allowTable(role, { table: tables.catalog, key: keys.data, operations: ['Query'] });
    role.addToPolicy(
      new PolicyStatement({ actions: ['s3:PutObject'], resources: [snapshots.arnForObjects('snapshots/*')] }),
    );
    Keys.useThrough(keys.data, role, 's3', 'writing');
  }
}
