import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { holdClient, REVIEWS } from '../../lambdas/access/clients/held-clients.ts';
import { nowSeconds } from '../../lambdas/access/lifetimes.ts';
import type { Table } from '../../lambdas/shared/table.ts';
import { type Run, runCommand } from '../cli/run.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { tableOf } from './administrator.ts';
import { Connection } from './connection.ts';

jest.setTimeout(60_000);

let cloud: TestCloud;
let identity: Table;
let folder: string;
beforeAll(async () => {
  cloud = await startCloud();
  identity = tableOf(cloud, 'Identity');
  folder = await mkdtemp(join(tmpdir(), 'sallyport-clients-'));
  await sallyport('login --person dana');
});
afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true });
});

const sallyport = (args: string): Promise<Run> =>
  runCommand(args.split(' '), { SALLYPORT_URL: cloud.origin, SALLYPORT_CONFIG_DIR: folder });

const held = (client: string) => ({
  client,
  hosts: ['localhost'],
  redirectUris: ['http://127.0.0.1:40404/callback'],
  askedBy: { id: 'p_alice', email: 'alice@example.com' },
});

describe('a held application that nobody decided about in time', () => {
  it('is forgotten by the job that the dispatcher hands out', async () => {
    const overdue = { pk: REVIEWS, sk: 'client-overdue' };
    await holdClient(identity, held('client-overdue'));
    await identity.update(overdue, {
      expression: 'SET expiresAt = :past',
      values: { ':past': nowSeconds() - 1 },
    });
    const queues = readdirSync(join(cloud.dataFolder, 'services/sqs'));
    const queue = queues.find((name) => name.includes('AccessJobsQueue'));
    const sqs = new SQSClient({
      endpoint: `http://127.0.0.1:${cloud.port + 1}`,
      credentials: { accessKeyId: 'administrator', secretAccessKey: 'unused' },
    });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: `https://sqs.us-east-1.amazonaws.com/000000000000/${queue}`,
        MessageBody: JSON.stringify({ job: 'expire-held-clients' }),
      }),
    );
    while (await identity.get(overdue)) await sleep(50);
    expect((await sallyport('audit list --since 1h -o json')).out).toContain('Nobody decided');
  });
});

describe('an application that an owner denies', () => {
  it('loses its connections, and is back after an approval', async () => {
    const client = await Connection.register(cloud.origin);
    const { refresh_token } = await client.signIn('alice');
    await holdClient(identity, held(client.clientId));
    expect((await sallyport('client list --status held')).out).toContain(client.clientId);

    expect(await sallyport(`client deny ${client.clientId}`)).toMatchObject({ code: 0, err: '' });
    expect((await client.refresh(refresh_token)).status).toBe(400);
    await expect(client.authorize('bob')).rejects.toThrow('may not connect');

    expect(await sallyport(`client approve ${client.clientId}`)).toMatchObject({ code: 0 });
    expect(await client.signIn('bob')).toHaveProperty('access_token');
    expect((await client.refresh(refresh_token)).status).toBe(400);
  });
});
