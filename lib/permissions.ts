import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { type IRole, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Keys } from './keys.ts';

type Operation =
  | 'BatchGetItem'
  | 'BatchWriteItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'UpdateItem';

interface TableAccess {
  table: Table;
  key: Key;
  operations: readonly Operation[];
  /** Only items whose partition key begins like one of these (`*` at the end). */
  partitions?: readonly string[];
  /** The table's indexes too; only with `Query`. */
  indexes?: boolean;
}

/** Grants exactly these operations on a table, and the use of its key through DynamoDB. */
export function allowTable(role: IRole, access: TableAccess): void {
  const { table, operations, partitions, indexes } = access;
  role.addToPrincipalPolicy(
    new PolicyStatement({
      actions: operations.map((operation) => `dynamodb:${operation}`),
      resources: [table.tableArn, ...(indexes ? [`${table.tableArn}/index/*`] : [])],
      ...(partitions
        ? { conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [...partitions] } } }
        : {}),
    }),
  );
  Keys.useThrough(access.key, role, ['dynamodb']);
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
export function allowTokenJudging(role: IRole, identity: Table, key: Key): void {
  allowTable(role, { table: identity, key, operations: ['GetItem'], partitions: BEHIND_TOKENS });
}

/** Lets a resource remember the DPoP proofs that it was shown: each is good once. */
export function allowProofs(role: IRole, identity: Table, key: Key): void {
  allowTable(role, { table: identity, key, operations: ['PutItem'], partitions: ['DpopProof#*'] });
}
