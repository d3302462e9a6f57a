import { EventBus } from 'aws-cdk-lib/aws-events';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EnvironmentConfiguration } from './configuration.ts';
import { Keys } from './keys.ts';
import { allowTable } from './permissions.ts';
import { Tables } from './tables.ts';

const RETENTION: Record<EnvironmentConfiguration['logRetentionDays'], RetentionDays> = {
  7: RetentionDays.ONE_WEEK,
  30: RetentionDays.ONE_MONTH,
  90: RetentionDays.THREE_MONTHS,
  365: RetentionDays.ONE_YEAR,
};

/** What every capability stands on: keys, tables, the snapshot bucket and the event bus. */
export class Foundation extends Construct {
  readonly configuration: EnvironmentConfiguration;
  readonly logRetention: RetentionDays;
  readonly keys: Keys;
  readonly tables: Tables;
  readonly snapshots: Bucket;
  readonly events: EventBus;
  /** The default portal, served at `/mcp`. */
  readonly portalId: string;

  constructor(scope: Construct, id: string, configuration: EnvironmentConfiguration) {
    super(scope, id);
    this.configuration = configuration;
    this.logRetention = RETENTION[configuration.logRetentionDays];
    const [portalId] = configuration.portals;
    if (portalId === undefined) throw new Error('sallyport.config.ts: portals must name the default portal');
    this.portalId = portalId;
    this.keys = new Keys(this, 'Keys');
    this.tables = new Tables(this, 'Tables', this.keys);
    this.snapshots = new Bucket(this, 'Snapshots', {
      encryption: BucketEncryption.KMS,
      encryptionKey: this.keys.data,
      bucketKeyEnabled: true,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.events = new EventBus(this, 'Events', { description: 'What Sallyport tells others about' });
  }

  /** The current snapshot of a portal: its pointer and its object. */
  allowSnapshotReading(role: IRole): void {
    allowTable(role, {
      table: this.tables.policies,
      key: this.keys.data,
      operations: ['GetItem'],
      partitions: ['Snapshot#*'],
    });
    role.addToPrincipalPolicy(
      new PolicyStatement({
        actions: ['s3:GetObject'],
        resources: [this.snapshots.arnForObjects('snapshots/*')],
      }),
    );
    Keys.useThrough(this.keys.data, role, ['dynamodb', 's3']);
  }

  /** Whether a service token is still what it was; its secrets are in the table of identities. */
  allowServiceTokenReading(role: IRole): void {
    allowTable(role, {
      table: this.tables.policies,
      key: this.keys.data,
      operations: ['GetItem'],
      partitions: ['ServiceToken#*'],
    });
  }

  get snapshotEnvironment(): Record<string, string> {
    return { POLICIES_TABLE: this.tables.policies.tableName, SNAPSHOT_BUCKET: this.snapshots.bucketName };
  }

  get auditEnvironment(): Record<string, string> {
    return {
      AUDIT_TABLE: this.tables.audit.tableName,
      PAYLOADS_TABLE: this.tables.payloads.tableName,
      AUDIT_RETENTION_DAYS: String(this.configuration.auditRetentionDays),
    };
  }

  /** Writers of the audit may add records and nothing else. */
  allowAuditWriting(role: IRole): void {
    allowTable(role, { table: this.tables.audit, key: this.keys.data, operations: ['PutItem'] });
  }
}
