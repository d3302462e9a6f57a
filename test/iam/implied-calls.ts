import { REGION } from '../../local/iam/authorizer.ts';
import type { AccessRequest } from '../../local/iam/evaluate.ts';
import type { DeployedRoles } from './grants.ts';

/** What DynamoDB does in the caller's name with the key of a table that is read, and of one that is written. */
const TABLE_READS = ['kms:Decrypt', 'kms:DescribeKey'];
const TABLE_WRITES = [...TABLE_READS, 'kms:Encrypt', 'kms:GenerateDataKey'];
const READING = /^dynamodb:(?:BatchGetItem|ConditionCheckItem|GetItem|Query)$/;

/** What S3 does in the caller's name with the key of a bucket. */
const OBJECT_USES: Readonly<Record<string, readonly string[]>> = {
  's3:GetObject': ['kms:Decrypt'],
  's3:PutObject': ['kms:GenerateDataKey'],
};

/** What Lambda does in the name of a function that ran. */
const LOG_WRITES = ['logs:CreateLogStream', 'logs:PutLogEvents'];

interface Call {
  role: string;
  action: string;
  resource: string;
}

/**
 * What AWS does for a call and judges by the caller's permissions: it writes the function's log, and uses the keys
 * of what is encrypted at rest. No stand-in does either, so these follow from the calls that were made.
 */
export function impliedBy({ role, action, resource }: Call, { keys, logs }: DeployedRoles): AccessRequest[] {
  const [service] = action.split(':', 1);
  const log = logs.get(role);
  const writes = log === undefined ? [] : requests(LOG_WRITES, log);
  const key = keys.get(resource.replace(service === 's3' ? /\/.*/s : /\/index\/.*/s, ''));
  if (key === undefined) return writes;
  const tableUses = READING.test(action) ? TABLE_READS : TABLE_WRITES;
  const uses = service === 'dynamodb' ? tableUses : (OBJECT_USES[action] ?? []);
  return [...writes, ...requests(uses, key, { 'kms:ViaService': [`${service}.${REGION}.amazonaws.com`] })];
}

const requests = (
  actions: readonly string[],
  resource: string,
  conditionKeys: AccessRequest['conditionKeys'] = {},
): AccessRequest[] => actions.map((action) => ({ action, resource, conditionKeys }));
