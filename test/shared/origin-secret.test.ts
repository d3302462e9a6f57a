import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OriginSecret } from '../../lambdas/shared/origin-secret.ts';
import { everythingAllowed } from '../../local/iam/authorizer.ts';
import { type RunningServices, startServices } from '../../local/services/start-services.ts';

const MINUTE = 60_000;
const arnOf = (name: string) => `arn:aws:secretsmanager:us-east-1:000000000000:secret:${name}-abc123`;
const NAMES = ['flooded', 'rotated', 'unreachable', 'kept'];

let services: RunningServices;
let client: SecretsManagerClient;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-secrets-'));
  services = await startServices({
    port: 0,
    folder,
    buckets: [],
    keyIds: [],
    eventBuses: [],
    queues: [],
    secrets: NAMES.map((name) => ({ name, arn: arnOf(name), length: 64 })),
    authorize: everythingAllowed,
  });
  client = new SecretsManagerClient({
    endpoint: services.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'administrator', secretAccessKey: 'unused' },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  client.destroy();
  await services.close();
  rmSync(folder, { recursive: true });
});

let now: number;
let calls: number;
beforeEach(() => {
  now = 0;
  calls = 0;
});

/** The secret as a function holds it, on a clock that tests move, with its calls counted. */
function hold(name: string, reachable = () => true): OriginSecret {
  const counted = {
    send: async (command: GetSecretValueCommand) => {
      calls += 1;
      if (!reachable()) throw new Error('Secrets Manager is not to be reached.');
      return client.send(command);
    },
  };
  return new OriginSecret({
    arn: arnOf(name),
    client: counted,
    now: () => now,
  });
}

const present = async (name: string) =>
  (await client.send(new GetSecretValueCommand({ SecretId: arnOf(name) }))).SecretString ?? '';
async function rotate(name: string): Promise<string> {
  const value = `${crypto.randomUUID()}${crypto.randomUUID()}`;
  await client.send(new PutSecretValueCommand({ SecretId: arnOf(name), SecretString: value }));
  return value;
}

describe('the origin secret', () => {
  it('is what Secrets Manager has, whole and exactly', async () => {
    const secret = hold('flooded');
    const value = await present('flooded');
    expect(await secret.matches(value)).toBe(true);
    for (const other of ['', value.slice(1), `${value} `, value.toLowerCase(), `${value}${value}`])
      expect(await secret.matches(other)).toBe(false);
  });

  it('is read once for all requests of some minutes, and then again', async () => {
    const secret = hold('flooded');
    const value = await present('flooded');
    await Promise.all(Array.from({ length: 20 }, () => secret.matches(value)));
    now = 4 * MINUTE;
    await secret.matches(value);
    expect(calls).toBe(2);
    now = 6 * MINUTE;
    await secret.matches(value);
    expect(calls).toBe(4);
  });

  it('is looked up at most every ten seconds, however many requests guess at it', async () => {
    const secret = hold('flooded');
    for (now = 0; now < MINUTE; now += 100) expect(await secret.matches(`guess ${now}`)).toBe(false);
    expect(calls).toBe(2 * 6);
  });

  it('counts beside its next value while it rotates, and no longer than that', async () => {
    const secret = hold('rotated');
    const first = await present('rotated');
    expect(await secret.matches(first)).toBe(true);
    const second = await rotate('rotated');
    now += 11_000;
    expect(await secret.matches(second)).toBe(true);
    expect(await secret.matches(first)).toBe(true);
    await rotate('rotated');
    now += 6 * MINUTE;
    expect(await secret.matches(second)).toBe(true);
    expect(await secret.matches(first)).toBe(false);
  });

  it('that was never read lets nobody in, and is tried at most once a second', async () => {
    let reachable = false;
    const secret = hold('unreachable', () => reachable);
    const value = await present('unreachable');
    for (now = 0; now < 5_000; now += 50)
      await expect(secret.matches(value)).rejects.toThrow(/not to be|could not/);
    expect(calls).toBe(2 * 5);
    reachable = true;
    expect(await secret.matches(value)).toBe(true);
  });

  it('stays what it was while it cannot be read again', async () => {
    let reachable = true;
    const secret = hold('kept', () => reachable);
    const value = await present('kept');
    expect(await secret.matches(value)).toBe(true);
    reachable = false;
    now = 10 * MINUTE;
    expect(await secret.matches(value)).toBe(true);
    expect(await secret.matches('a guess')).toBe(false);
  });

  it('that could not be read ahead is read by the first request', async () => {
    let reachable = false;
    const secret = hold('kept', () => reachable);
    secret.prefetch();
    await new Promise(setImmediate);
    reachable = true;
    expect(await secret.matches(await present('kept'))).toBe(true);
  });
});
