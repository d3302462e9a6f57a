import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Keys } from './keys.ts';

const string = (name: string) => ({ name, type: AttributeType.STRING });

interface TableOptions {
  key: IKey;
  expires?: boolean;
  /** Key material must be gone when it is deleted: its table has no point-in-time recovery. */
  recoverable?: boolean;
}

/** The deployment's tables: on demand, customer-managed keys, keyed by `pk` and `sk`. */
export class Tables extends Construct {
  /** Configuration documents of every kind, current and versions; pointers to portal snapshots; scheduled work. */
  readonly policies: Table;
  /** Provider state, people, sessions, consents; public signing keys. */
  readonly identity: Table;
  /** Sealed credentials and signing keys, sessions at legacy servers. */
  readonly vault: Table;
  /** What each server said about itself when it was synced. */
  readonly catalog: Table;
  /** Immutable records of at most 1 KB. */
  readonly audit: Table;
  /** Arguments and answers, for portals that keep them. */
  readonly payloads: Table;

  constructor(scope: Construct, id: string, keys: Keys) {
    super(scope, id);
    this.policies = this.table('Policies', { key: keys.data });
    this.policies.addGlobalSecondaryIndex({
      indexName: 'by-kind',
      partitionKey: string('kind'),
      sortKey: string('pk'),
      projectionType: ProjectionType.ALL,
    });
    // Sparse: only work items have `due`, whose one value is `work`.
    this.policies.addGlobalSecondaryIndex({
      indexName: 'by-due',
      partitionKey: string('due'),
      sortKey: string('dueAt'),
      projectionType: ProjectionType.ALL,
    });
    this.identity = this.table('Identity', { key: keys.data, expires: true });
    this.keysOnlyIndex(this.identity, 'by-person', 'person', 'pk');
    this.keysOnlyIndex(this.identity, 'by-grant', 'grantId', 'pk');
    this.keysOnlyIndex(this.identity, 'by-client', 'clientId', 'pk');
    this.vault = this.table('Vault', { key: keys.vault, expires: true, recoverable: false });
    this.catalog = this.table('Catalog', { key: keys.data });
    this.audit = this.table('Audit', { key: keys.data, expires: true });
    this.keysOnlyIndex(this.audit, 'by-person', 'person', 'sk');
    this.keysOnlyIndex(this.audit, 'by-session', 'session', 'sk');
    this.payloads = this.table('Payloads', { key: keys.payloads, expires: true });
  }

  private table(name: string, { key, expires = false, recoverable = true }: TableOptions): Table {
    return new Table(this, name, {
      partitionKey: string('pk'),
      sortKey: string('sk'),
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: recoverable },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
      ...(expires ? { timeToLiveAttribute: 'ttl' } : {}),
    });
  }

  /** Full indexes multiply the cost of every write and a hot one throttles its table: keys only. */
  private keysOnlyIndex(table: Table, indexName: string, partition: string, sort: string): void {
    table.addGlobalSecondaryIndex({
      indexName,
      partitionKey: string(partition),
      sortKey: string(sort),
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}
