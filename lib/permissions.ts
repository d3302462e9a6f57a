import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Keys } from './keys.ts';

type Operation =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

const READS: ReadonlySet<Operation> = new Set(['BatchGetItem', 'GetItem', 'Query']);

interface TableAccess {
  table: Table;
  key: IKey;
  operations: readonly Operation[];
  /** Only items whose partition key begins like one of these (`*` at the end). */
  partitions?: readonly string[];
  /** These indexes of the table too; only with `Query`. */
  indexes?: readonly string[];
  /** Not the table itself. */
  indexesOnly?: boolean;
}

/** Grants exactly these operations on a table, and the use of its key through DynamoDB. */
export function allowTable(role: IRole, access: TableAccess): void {
  const { table, operations, partitions, indexes = [], indexesOnly = false } = access;
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: operations.map((operation) => `dynamodb:${operation}`),
      resources: [
        ...(indexesOnly ? [] : [table.tableArn]),
        ...indexes.map((index) => `${table.tableArn}/index/${index}`),
      ],
      ...(partitions
        ? { conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] } } }
        : {}),
    }),
  );
  const reads = operations.every((operation) => READS.has(operation));
  Keys.useThrough(access.key, role, 'dynamodb', reads ? 'reading' : 'writing');
}

/** What stands behind an access token, and nothing of what is under way: codes, sign-ins, browsers' sessions. */
const BEHIND_TOKENS = [
  'AccessSession#*',
  'Grant#*',
  'Jwks#*',
  'Person#*',
  'Revocations#*',
  'ServiceTokenSecrets#*',
];

/** Lets a function judge access tokens: who holds them, whether they have ended. */
export function allowTokenJudging(role: IRole, identity: Table, key: IKey): void {
  allowTable(role, { table: identity, key, operations: ['GetItem'], partitions: BEHIND_TOKENS });
}

/** Lets a function see what work is due, and nothing else of the configuration. */
export function allowDueReading(role: IRole, policies: Table, key: IKey): void {
  allowTable(role, {
    table: policies,
    key,
    operations: ['Query'],
    partitions: ['work'],
    indexes: ['by-due'],
    indexesOnly: true,
  });
}

/** Lets a resource remember the DPoP proofs that it was shown: each is good once. */
export function allowProofs(role: IRole, identity: Table, key: IKey): void {
  allowTable(role, { table: identity, key, operations: ['PutItem'], partitions: ['DpopProof#*'] });
}
