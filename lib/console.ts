import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { allowTable } from './permissions.ts';
import { allowSessionEnding } from './session-ending.ts';

/** The pages for whoever opens the origin in a browser. */
export class Console extends Construct {
  readonly pages: BundledFunction;

  constructor(scope: Construct, id: string, foundation: Foundation) {
    super(scope, id);
    const { configuration, tables, keys } = foundation;
    this.pages = new BundledFunction(this, 'Pages', {
      entry: 'console/pages',
      description: 'The portal page for people',
      logRetention: foundation.logRetention,
      environment: {
        ...foundation.snapshotEnvironment,
        ...foundation.auditEnvironment,
        ...foundation.originEnvironment,
        DEPLOYMENT_NAME: configuration.name,
        PORTAL_ID: foundation.portalId,
        ALLOWED_ORIGINS: JSON.stringify(configuration.allowedOrigins),
        IDENTITY_TABLE: tables.identity.tableName,
      },
    });
    const { role } = this.pages;
    foundation.allowOriginCheck(role);
    foundation.allowSnapshotReading(role);
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['GetItem', 'PutItem', 'DeleteItem'],
      partitions: ['ConsoleSession#*', 'ConsoleSignIn#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['GetItem'],
      partitions: ['AccessSession#*', 'Grant#*', 'Jwks#*', 'Person#*', 'Revocations#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['Query'],
      indexes: ['by-person'],
      indexesOnly: true,
      // Ids of people, the partitions of the index.
      partitions: ['p_*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['DeleteItem', 'GetItem'],
      partitions: ['RemedyLink#*'],
    });
    allowTable(role, {
      table: tables.identity,
      key: keys.data,
      operations: ['PutItem'],
      partitions: ['ApprovalRequests', 'Fulfilled#*'],
    });
    allowSessionEnding(role, tables.identity, keys.data, ['Revocations#p_*']);
    foundation.allowAuditWriting(role);
  }
}
