import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { allowProofs, allowTable, allowTokenJudging } from './permissions.ts';

/** The MCP relay. */
export class Portal extends Construct {
  /** The longest a streamed answer may take. */
  static readonly timeout = Duration.minutes(5);
  readonly relay: BundledFunction;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { configuration, tables, keys } = foundation;
    this.relay = new BundledFunction(this, 'Relay', {
      entry: 'portal/relay',
      description: 'Relays MCP requests to the servers that policies allow',
      logRetention: foundation.logRetention,
      memorySize: 1024,
      timeout: Portal.timeout,
      network: foundation.network,
      environment: {
        ...foundation.snapshotEnvironment,
        ...foundation.auditEnvironment,
        ...foundation.originEnvironment,
        PORTAL_ID: foundation.portalId,
        IDENTITY_TABLE: tables.identity.tableName,
        VAULT_TABLE: tables.vault.tableName,
        ALLOWED_ORIGINS: JSON.stringify(configuration.allowedOrigins),
        OUTGOING_NETWORKS: JSON.stringify(configuration.outgoingNetworks),
      },
    });
    const { role } = this.relay;
    foundation.allowOriginCheck(role);
    foundation.allowSnapshotReading(role);
    foundation.allowServiceTokenReading(role);
    allowTokenJudging(role, tables.identity, keys.data);
    allowProofs(role, tables.identity, keys.data);
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['UpdateItem'],
      partitions: ['Taints#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['GetItem'],
      partitions: ['Devices#*', 'Risk#*', 'Taints#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['Query'],
      partitions: ['Approvals#*', 'Fulfilled#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['PutItem'],
      partitions: ['AssertionKeys', 'RemedyLink#*'],
    });
    allowTable(role, { table: tables.audit, key: keys.data, operations: ['PutItem'] });
    allowTable(role, { table: tables.payloads, key: keys.payloads, operations: ['PutItem'] });
    allowTable(role, {
      table: tables.vault,
      key: keys.vault,
      operations: ['GetItem', 'PutItem'],
      partitions: ['assertion-key#*', 'upstream-session#*'],
    });
  }
}
