import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { Keys } from './keys.ts';
import { allowProofs, allowTable } from './permissions.ts';
import { allowSessionEnding } from './session-ending.ts';

/** The admin API. */
export class Admin extends Construct {
  readonly api: BundledFunction;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { configuration, tables, keys, snapshots, events } = foundation;
    this.api = new BundledFunction(this, 'Api', {
      entry: 'admin/api',
      description: 'Admin API: configuration documents and audit',
      logRetention: foundation.logRetention,
      memorySize: 1024,
      timeout: Duration.seconds(28),
      environment: {
        ...foundation.snapshotEnvironment,
        ...foundation.auditEnvironment,
        SALLYPORT_ORIGIN: configuration.origin,
        PORTAL_IDS: JSON.stringify(configuration.portals),
        OWNERS: JSON.stringify(configuration.owners),
        IDENTITY_TABLE: tables.identity.tableName,
        CATALOG_TABLE: tables.catalog.tableName,
        EVENT_BUS: events.eventBusName,
        OUTGOING_NETWORKS: JSON.stringify(configuration.outgoingNetworks),
      },
    });
    const { role } = this.api;
    allowTable(role, { table: tables.identity, key: keys.data, operations: ['GetItem'] });
    allowTable(role, { table: tables.identity, key: keys.data, operations: ['Query'], indexes: true });
    allowProofs(role, tables.identity, keys.data);
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['UpdateItem'],
      partitions: ['ClientReview'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['PutItem', 'DeleteItem'],
      partitions: ['ServiceTokenSecrets#*'],
    });
    allowSessionEnding(role, tables.identity, keys.data, ['Revocations#*']);
    allowTable(role, {
      table: tables.policies,
      key: keys.data,
      operations: ['ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'],
      indexes: true,
    });
    allowTable(role, {
      table: tables.catalog,
      key: keys.data,
      operations: ['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
    });
    allowTable(role, {
      table: tables.audit,
      key: keys.data,
      operations: ['BatchGetItem', 'GetItem', 'PutItem', 'Query'],
      indexes: true,
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject', 's3:PutObject'],
        resources: [snapshots.arnForObjects('snapshots/*')],
      }),
    );
    Keys.useThrough(keys.data, role, ['dynamodb', 's3']);
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [events.eventBusArn] }));
  }
}
