import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { deploymentOf } from '../e2e/administrator.ts';
import { Connection } from '../e2e/connection.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';

let cloud: TestCloud;
beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

/** What the alarm is to whoever asks as the function does that answers for the deployment's health. */
async function stateOf(id: string): Promise<string | undefined> {
  const admin = deploymentOf(cloud).functions.find(({ logicalId }) => logicalId.includes('AdminApi'));
  const client = new CloudWatchClient({
    endpoint: `http://127.0.0.1:${cloud.port + 1}`,
    region: 'us-east-1',
    credentials: { accessKeyId: admin?.role ?? '', secretAccessKey: 'unused' },
  });
  const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ MaxRecords: 100 }));
  return MetricAlarms.find(({ AlarmDescription }) => AlarmDescription?.startsWith(`Sallyport ${id}:`))
    ?.StateValue;
}

const raised = /^Alarm raised: Sallyport SignInFailed: .*#sign-ins-fail$/m;

it('raises an alarm about people who are refused, and tells so', async () => {
  const connection = await Connection.register(cloud.origin);
  for (let times = 0; times < 50; times++) {
    const answer = await connection.authorize('carol');
    expect(answer.get('error')).toBe('access_denied');
  }
  while (!raised.test(cloud.output())) await sleep(500);
  expect(await stateOf('SignInFailed')).toBe('ALARM');
  expect(await stateOf('AuditRefused')).toBe('OK');
  expect(await stateOf('TickMissing')).toBe('OK');
  expect(await stateOf('FirewallBlocking')).toBe('INSUFFICIENT_DATA');
  const sent = readFileSync(join(cloud.dataFolder, 'services/notifications.jsonl'), 'utf8');
  expect(sent).toContain('"NewStateValue":"ALARM"');
});
