import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { allowTable } from './permissions.ts';

/**
 * Ending sign-ins and connections: deleting their items, and counting where everything of somebody ends.
 * @param counted whose counts: partitions of `Revocations#`.
 */
export function allowSessionEnding(role: IRole, table: Table, key: IKey, counted: readonly string[]): void {
  allowTable(role, {
    table,
    key,
    operations: ['DeleteItem'],
    partitions: ['AccessSession#*', 'Grant#*'],
  });
  allowTable(role, { table, key, operations: ['UpdateItem'], partitions: counted });
}
