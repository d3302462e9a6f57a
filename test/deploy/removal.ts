import { deepStrictEqual } from 'node:assert/strict';
import { DescribeTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { Assembly, Cdk } from './cdk.ts';
import type { Checks } from './checks.ts';
import type { Emulator } from './emulator.ts';
import { statusAt } from './public-origin.ts';
import { clientOptions, DeployedStack } from './stack.ts';

/** Earlier versions of a function stay by themselves; they go with their function. */
const isRetained = (policy: string | undefined): boolean => policy?.startsWith('Retain') ?? false;

/** Removes the deployment: what holds data stays. Then deploys it once more beside that. */
export async function removeAndDeployAgain(
  checks: Checks,
  cdk: Cdk,
  assembly: Assembly,
  emulator: Emulator,
): Promise<void> {
  const stack = await DeployedStack.read(emulator);
  const { Resources } = assembly.template;
  await checks.require('cdk destroy', () => cdk.destroy(assembly));
  await checks.check('it deletes everything but what holds data', async () => {
    const statuses = await stack.lastStatuses();
    const wrong = Object.entries(Resources).flatMap(([logicalId, { DeletionPolicy }]) => {
      const status = statuses.get(logicalId);
      const wanted = isRetained(DeletionPolicy) ? 'DELETE_SKIPPED' : 'DELETE_COMPLETE';
      return status === wanted ? [] : [`${logicalId}: ${status} and not ${wanted}`];
    });
    if (wrong.length > 0) throw new Error(wrong.join('\n'));
  });
  await checks.check('the tables are still there, with what they held', async () => {
    const tables = new DynamoDBClient(clientOptions(emulator));
    const names = stack.physicalIds('AWS::DynamoDB::Table');
    for (const TableName of names) await tables.send(new DescribeTableCommand({ TableName }));
    const TableName = stack.physicalId('AWS::DynamoDB::Table', 'SallyportFoundationTablesAudit');
    const { Count } = await tables.send(new ScanCommand({ TableName, Limit: 1 }));
    deepStrictEqual(Count, 1);
  });
  await checks.check('cdk deploy makes a new deployment beside what stayed', async () => {
    await cdk.deploy(assembly);
    const distribution = await (await DeployedStack.read(emulator)).distributionHost();
    const status = await statusAt(emulator.url, distribution, '/.well-known/oauth-authorization-server');
    deepStrictEqual(status, 200);
  });
}
