import { Construct } from 'constructs';
import type { Foundation } from './foundation.ts';
import { BundledFunction } from './function.ts';
import { allowTable } from './permissions.ts';

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
        SALLYPORT_ORIGIN: configuration.origin,
        DEPLOYMENT_NAME: configuration.name,
        PORTAL_ID: foundation.portalId,
        IDENTITY_TABLE: tables.identity.tableName,
      },
    });
    const { role } = this.pages;
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
      partitions: ['AccessSession#*', 'Grant#*', 'Jwks#*', 'Person#*'],
    });
  }
}
