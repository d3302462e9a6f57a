import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { ArnFormat, Aws, Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import type { FrontDoor } from './front-door.ts';
import { BundledFunction } from './function.ts';
import { Keys } from './keys.ts';
import { allowDueReading, allowProofs, allowTable } from './permissions.ts';
import { allowSessionEnding } from './session-ending.ts';

/** The admin API. */
export class Admin extends Construct {
  readonly api: BundledFunction;

  constructor(scope: Construct, id: string, foundation: Foundation, frontDoor: FrontDoor) {
    super(scope, id);
    const { configuration, tables, keys, snapshots, events } = foundation;
    this.api = new BundledFunction(this, 'Api', {
      entry: 'admin/api',
      description: 'Admin API: configuration documents and audit',
      logRetention: foundation.logRetention,
      memorySize: 1024,
      timeout: Duration.seconds(28),
      network: foundation.network,
      environment: {
        ...foundation.snapshotEnvironment,
        ...foundation.auditEnvironment,
        ...foundation.originEnvironment,
        PORTAL_IDS: JSON.stringify(configuration.portals),
        OWNERS: JSON.stringify(configuration.owners),
        IDENTITY_TABLE: tables.identity.tableName,
        CATALOG_TABLE: tables.catalog.tableName,
        EVENT_BUS: events.eventBusName,
        OUTGOING_NETWORKS: JSON.stringify(configuration.outgoingNetworks),
        SIGNING_KEY_ROTATION_DAYS: String(configuration.signingKeyRotationDays),
        STACK_NAME: Aws.STACK_NAME,
        STAGE_ARN: frontDoor.stageArn,
        API_HOST: frontDoor.host,
      },
    });
    const { role } = this.api;
    foundation.allowOriginCheck(role);
    allowTable(role, { table: tables.identity, key: keys.data, operations: ['GetItem'] });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['Query'],
      indexes: ['by-person', 'by-client'],
    });
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
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['PutItem'],
      partitions: ['Devices#*', 'Risk#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['DeleteItem', 'PutItem'],
      partitions: ['Approvals#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['DeleteItem', 'UpdateItem'],
      partitions: ['ApprovalRequests'],
    });
    allowSessionEnding(role, tables.identity, keys.data, ['Revocations#*']);
    allowTable(role, {
      table: tables.policies,
      key: keys.data,
      operations: ['DeleteItem', 'GetItem', 'PutItem', 'Query'],
      indexes: ['by-kind'],
    });
    allowTable(role, {
      table: tables.catalog,
      key: keys.data,
      operations: ['BatchWriteItem', 'GetItem', 'PutItem', 'Query'],
    });
    allowTable(role, {
      table: tables.audit,
      key: keys.data,
      operations: ['BatchGetItem', 'PutItem', 'Query'],
      indexes: ['by-person'],
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [snapshots.arnForObjects('snapshots/*')],
      }),
    );
    foundation.allowSnapshotReading(role);
    Keys.useThrough(keys.data, role, 's3', 'writing');
    role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [events.eventBusArn] }));
    allowDueReading(role, tables.policies, keys.data);
    this.#allowHealthReading(frontDoor);
  }

  /** What GET /api/v1/health asks of AWS itself. */
  #allowHealthReading({ stageArn, firewall }: FrontDoor): void {
    const { role } = this.api;
    // Alarms asked for by a prefix are authorized as all alarms of the account, which no narrower grant fits.
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm:*',
      arnFormat: ArnFormat.NO_RESOURCE_NAME,
    });
    const webAcl = firewall.acl.attrArn;
    role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }));
    role.addToPolicy(
      new PolicyStatement({ actions: ['wafv2:GetWebACLForResource'], resources: [stageArn, webAcl] }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['wafv2:GetWebACL'], resources: [webAcl] }));
  }
}
