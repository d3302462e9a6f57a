import { Table } from '../../lambdas/shared/table.ts';
import { type Deployment, readDeployment } from '../../local/template/deployment.ts';
import type { TestCloud } from '../fixtures/cloud.ts';

/** What a running embedded cloud was started from. */
export const deploymentOf = (cloud: TestCloud): Deployment =>
  readDeployment(`${cloud.dataFolder}/cloud-assembly`, `http://127.0.0.1:${cloud.port + 2}`);

/** A table of a running embedded cloud, as the administrator of the account sees it; the SDK is set up for it. */
export function tableOf(cloud: TestCloud, name: string): Table {
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'administrator';
  process.env.AWS_SECRET_ACCESS_KEY = 'unused';
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${cloud.port + 3}`;
  process.env.AWS_ENDPOINT_URL_KMS = `http://127.0.0.1:${cloud.port + 1}`;
  const table = deploymentOf(cloud).tables.find((each) => each.name.includes(`Tables${name}`));
  if (!table) throw new Error(`The deployment has no table ${name}.`);
  return new Table(table.name);
}
