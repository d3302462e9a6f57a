import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthorizer } from '../../../local/iam/authorizer.ts';
import { policyDocument } from '../../../local/iam/document.ts';
import { type RunningServices, startServices } from '../../../local/services/start-services.ts';
import { resolveDynamicReferences } from '../../../local/template/dynamic-reference.ts';

const ARN = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:door-abc123';
const reader = policyDocument.parse({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: ARN }],
});

let folder: string;
let services: RunningServices;
const clientOf = (accessKeyId: string) =>
  new SecretsManagerClient({
    endpoint: services.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'unused' },
  });
const start = () =>
  startServices({
    port: 0,
    folder,
    buckets: [],
    keyIds: [],
    eventBuses: [],
    queues: [],
    secrets: [{ name: 'door', arn: ARN, length: 64 }],
    authorize: createAuthorizer(
      new Map([
        ['reader', [reader]],
        ['nobody', []],
      ]),
    ),
  });
const read = async (principal: string, SecretId = ARN, VersionStage?: string) =>
  (await clientOf(principal).send(new GetSecretValueCommand({ SecretId, VersionStage }))).SecretString;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-secrets-'));
  services = await start();
});
afterAll(async () => {
  await services.close();
  rmSync(folder, { recursive: true });
});

describe('a secret', () => {
  it('is generated as the template says, and read by name or ARN', async () => {
    const value = await read('reader');
    expect(value).toMatch(/^[A-Za-z0-9]{64}$/);
    expect(await read('administrator', 'door')).toBe(value);
  });

  it('is for roles that may read it', async () => {
    await expect(read('nobody')).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(
      clientOf('reader').send(new PutSecretValueCommand({ SecretId: ARN, SecretString: 'mine' })),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('keeps the value before when it gets another, and both over a restart', async () => {
    const first = await read('reader');
    await expect(read('reader', ARN, 'AWSPREVIOUS')).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    await clientOf('administrator').send(
      new PutSecretValueCommand({ SecretId: ARN, SecretString: 'second' }),
    );
    await services.close();
    services = await start();
    expect([await read('reader'), await read('reader', ARN, 'AWSPREVIOUS')]).toEqual(['second', first]);
  });

  it('lies in a file of its owner’s alone', () => {
    const [file = ''] = readdirSync(join(folder, 'secrets'));
    expect(statSync(join(folder, 'secrets', file)).mode & 0o077).toBe(0);
  });

  it('must exist, and has no operations but these', async () => {
    await expect(read('administrator', 'other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(
      clientOf('administrator').send(new CreateSecretCommand({ Name: 'other', SecretString: 'x' })),
    ).rejects.toThrow(/CreateSecret/);
  });
});

describe('a dynamic reference', () => {
  const value = (secretId: string, stage: string) => `<${secretId} ${stage}>`;

  it.each([
    [`{{resolve:secretsmanager:${ARN}:SecretString:::}}`, `<${ARN} AWSCURRENT>`],
    [`{{resolve:secretsmanager:${ARN}:SecretString::AWSPREVIOUS:}}`, `<${ARN} AWSPREVIOUS>`],
    ['{{resolve:secretsmanager:door:SecretString}}', '<door AWSCURRENT>'],
    ['before {{resolve:secretsmanager:door:SecretString}} after', 'before <door AWSCURRENT> after'],
    ['nothing to resolve', 'nothing to resolve'],
  ])('is replaced by the value that it names: %s', (text, resolved) => {
    expect(resolveDynamicReferences(text, value)).toBe(resolved);
  });

  it.each([
    '{{resolve:ssm:parameter}}',
    '{{resolve:secretsmanager:door:SecretString:key}}',
    '{{resolve:secretsmanager:door:SecretString:::version}}',
    '{{resolve:secretsmanager:door:SecretBinary}}',
  ])('to anything else is an error: %s', (text) => {
    expect(() => resolveDynamicReferences(text, value)).toThrow('does not resolve the dynamic reference');
  });
});
