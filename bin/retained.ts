import { readFileSync } from 'node:fs';
import * as z from 'zod';

/** By which property CloudFormation imports each type that outlives its stack. */
const IDENTIFIERS: Readonly<Record<string, string>> = {
  'AWS::Cognito::UserPool': 'UserPoolId',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Key': 'KeyId',
  'AWS::S3::Bucket': 'BucketName',
};

const described = z.object({
  StackEvents: z.array(
    z.object({
      LogicalResourceId: z.string(),
      PhysicalResourceId: z.string().optional(),
      ResourceType: z.string(),
      ResourceStatus: z.string(),
    }),
  ),
});

/**
 * What a deleted stack left behind, as `cdk import --resource-mapping` takes it.
 * @param events what `aws cloudformation describe-stack-events` says of the deleted stack.
 */
export function retainedBy(events: unknown): Record<string, Record<string, string>> {
  const left: Record<string, Record<string, string>> = {};
  for (const event of described.parse(events).StackEvents) {
    const identifier = IDENTIFIERS[event.ResourceType];
    if (event.ResourceStatus !== 'DELETE_SKIPPED' || !identifier || !event.PhysicalResourceId) continue;
    left[event.LogicalResourceId] = { [identifier]: event.PhysicalResourceId };
  }
  return left;
}

if (process.argv[1] === import.meta.filename) {
  const [file = '/dev/stdin'] = process.argv.slice(2);
  console.log(JSON.stringify(retainedBy(JSON.parse(readFileSync(file, 'utf8'))), null, 2));
}
