import { EventBus } from 'aws-cdk-lib/aws-events';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { Network } from './account/network.ts';
import type { EnvironmentConfiguration } from './configuration.ts';
import type { OriginSecret } from './front-door/origin-secret.ts';
import { Keys } from './keys.ts';
import { allowTable } from './permissions.ts';
import { Tables } from './tables.ts';

interface FoundationProps {
  configuration: EnvironmentConfiguration;
  origin: string;
  originSecret: OriginSecret | undefined;
  certificateHost: string | undefined;
  logRetention: RetentionDays;
}

/** What every capability stands on: keys, tables, the snapshot bucket and the event bus. */
export class Foundation extends Construct {
  readonly configuration: EnvironmentConfiguration;
  /** Where clients reach the deployment, and the OAuth issuer. */
  readonly origin: string;
  readonly originSecret: OriginSecret | undefined;
  /** The hostname that clients reach with a certificate; undefined where there is none. */
  readonly certificateHost: string | undefined;
  readonly logRetention: RetentionDays;
  readonly keys: Keys;
  readonly tables: Tables;
  /** Where functions that call MCP servers stand; without one, on the internet. */
  readonly network: Network | undefined;
  readonly snapshots: Bucket;
  readonly events: EventBus;
  /** The default portal, served at `/mcp`. */
  readonly portalId: string;

  constructor(
    scope: Construct,
    id: string,
    { configuration, origin, originSecret, certificateHost, logRetention }: FoundationProps,
  ) {
    super(scope, id);
    this.configuration = configuration;
    this.origin = origin;
    this.originSecret = originSecret;
    this.certificateHost = certificateHost;
    this.logRetention = logRetention;
    const [portalId] = configuration.portals;
    if (portalId === undefined) throw new Error('sallyport.config.ts: portals must name the default portal');
    this.portalId = portalId;
    this.keys = new Keys(this, 'Keys', configuration.account.keyArns);
    if (configuration.account.vpc) this.network = new Network(this, 'Network', configuration.account.vpc);
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
    Keys.useThrough(this.keys.data, role, 's3', 'reading');
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

  /** What tells a function where it is reached, and by what it knows that it was reached there. */
  get originEnvironment(): Record<string, string> {
    return {
      SALLYPORT_ORIGIN: this.origin,
      ...(this.originSecret ? { ORIGIN_SECRET_ARN: this.originSecret.arn } : {}),
      ...(this.certificateHost === undefined ? {} : { CERTIFICATE_HOST: this.certificateHost }),
    };
  }

  /** What every function with the origin's environment needs besides. */
  allowOriginCheck(role: IRole): void {
    this.originSecret?.allowReading(role);
  }

  get snapshotEnvironment(): Record<string, string> {
    return { POLICIES_TABLE: this.tables.policies.tableName, SNAPSHOT_BUCKET: this.snapshots.bucketName };
  }

  /** What functions need that count; whoever writes the audit counts what could not be stored. */
  get metricsEnvironment(): Record<string, string> {
    return { DEPLOYMENT_NAME: this.configuration.name };
  }

  get auditEnvironment(): Record<string, string> {
    return {
      AUDIT_TABLE: this.tables.audit.tableName,
      PAYLOADS_TABLE: this.tables.payloads.tableName,
      AUDIT_RETENTION_DAYS: String(this.configuration.auditRetentionDays),
      ...this.metricsEnvironment,
    };
  }

  /** Writers of the audit may add records and nothing else. */
  allowAuditWriting(role: IRole): void {
    allowTable(role, { table: this.tables.audit, key: this.keys.data, operations: ['PutItem'] });
  }
}
