import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DecryptCommand, EncryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createAuthorizer } from '../../../local/iam/authorizer.ts';
import type { PolicyDocument } from '../../../local/iam/document.ts';
import { type RunningServices, startServices } from '../../../local/services/start-services.ts';
import { type RunningStore, startStore } from '../../../local/store/start-store.ts';
import { clientAs, definition } from '../store/client.ts';

const table = (name: string) => `arn:aws:dynamodb:us-east-1:000000000000:table/${name}`;
const KEY = 'arn:aws:kms:us-east-1:000000000000:key/vault-key';
const allow = (
  Action: string[],
  Resource: string[],
  Condition?: PolicyDocumentCondition,
): PolicyDocument => ({
  Statement: [{ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) }],
});
type PolicyDocumentCondition = Record<string, Record<string, string | string[]>>;

const authorize = createAuthorizer(
  new Map([
    [
      'RelayRole',
      [
        allow(
          ['dynamodb:GetItem', 'dynamodb:Query'],
          [table('identity'), `${table('identity')}/index/person`],
        ),
        allow(
          [
            'dynamodb:GetItem',
            'dynamodb:PutItem',
            'dynamodb:BatchGetItem',
            'dynamodb:BatchWriteItem',
            'dynamodb:Query',
          ],
          [table('vault')],
          { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['upstream-session#*'] } },
        ),
        allow(['s3:GetObject', 's3:PutObject'], ['arn:aws:s3:::snapshots/snapshots/*']),
        allow(['kms:Encrypt', 'kms:Decrypt'], [KEY], {
          StringEquals: { 'kms:EncryptionContext:purpose': 'signing-key' },
        }),
        allow(['events:PutEvents'], ['arn:aws:events:us-east-1:000000000000:event-bus/events']),
      ],
    ],
  ]),
);

let store: RunningStore;
let services: RunningServices;
let folder: string;
let relay: DynamoDBClient;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-iam-'));
  store = await startStore({
    port: 0,
    tables: [definition('identity', { indexes: ['person', 'grantId'] }), definition('vault')],
    authorize,
  });
  services = await startServices({
    port: 0,
    folder,
    buckets: ['snapshots'],
    keyIds: ['vault-key'],
    eventBuses: ['events', 'other'],
    queues: [],
    authorize,
  });
  relay = clientAs('RelayRole', store.endpoint);
});
afterAll(async () => {
  await Promise.all([store.close(), services.close()]);
  await rm(folder, { recursive: true });
});

const item = (pk: string) => ({ pk: { S: pk }, sk: { S: 'current' } });
const query = (TableName: string, attribute: string, value: string, IndexName?: string) =>
  relay.send(
    new QueryCommand({
      TableName,
      ...(IndexName ? { IndexName } : {}),
      KeyConditionExpression: '#p = :p',
      ExpressionAttributeNames: { '#p': attribute },
      ExpressionAttributeValues: { ':p': { S: value } },
    }),
  );
const expectDenied = (attempt: Promise<unknown>, action: string) =>
  expect(attempt).rejects.toMatchObject({
    name: expect.stringMatching(/^AccessDenied/),
    message: expect.stringMatching(
      new RegExp(`RelayRole.*not authorized to perform: ${action} on resource: arn:aws:`),
    ),
  });

describe('the table store', () => {
  it('lets a role do what its policies allow', async () => {
    await relay.send(new GetItemCommand({ TableName: 'identity', Key: item('Grant#1') }));
    await relay.send(new PutItemCommand({ TableName: 'vault', Item: item('upstream-session#s#p') }));
    await query('identity', 'person', 'p', 'person');
    await query('vault', 'pk', 'upstream-session#s#p');
  });

  it('denies what they do not allow, naming action and resource', async () => {
    await expectDenied(
      relay.send(new PutItemCommand({ TableName: 'identity', Item: item('Grant#1') })),
      'dynamodb:PutItem',
    );
    await expectDenied(query('identity', 'grantId', 'g', 'grantId'), 'dynamodb:Query');
  });

  it('keeps a role to its partitions, in single requests and in every part of a batch', async () => {
    const other = item('signing-key');
    const own = item('upstream-session#s#p');
    const put = (Item: typeof own) => ({ PutRequest: { Item } });
    await expectDenied(
      relay.send(new GetItemCommand({ TableName: 'vault', Key: other })),
      'dynamodb:GetItem',
    );
    await expectDenied(query('vault', 'pk', 'signing-key'), 'dynamodb:Query');
    await expectDenied(
      relay.send(new BatchGetItemCommand({ RequestItems: { vault: { Keys: [own, other] } } })),
      'dynamodb:BatchGetItem',
    );
    await expectDenied(
      relay.send(new BatchWriteItemCommand({ RequestItems: { vault: [put(own), put(other)] } })),
      'dynamodb:BatchWriteItem',
    );
    await relay.send(new BatchWriteItemCommand({ RequestItems: { vault: [put(own)] } }));
  });

  it('asks for the action of every step of a transaction', async () => {
    const own = { TableName: 'vault', Item: item('upstream-session#s#q') };
    await relay.send(new TransactWriteItemsCommand({ TransactItems: [{ Put: own }] }));
    await expectDenied(
      relay.send(
        new TransactWriteItemsCommand({
          TransactItems: [
            { Put: own },
            { Delete: { TableName: 'vault', Key: item('upstream-session#s#p') } },
          ],
        }),
      ),
      'dynamodb:DeleteItem',
    );
  });

  it('does not know a principal without a role', async () => {
    await expect(
      clientAs('Nobody', store.endpoint).send(new GetItemCommand({ TableName: 'vault', Key: item('a') })),
    ).rejects.toMatchObject({ name: 'UnrecognizedClientException' });
  });

  it('lets the administrator do everything', async () => {
    await clientAs('administrator', store.endpoint).send(
      new GetItemCommand({ TableName: 'vault', Key: item('signing-key') }),
    );
  });
});

describe('the other services', () => {
  const options = () => ({
    endpoint: services.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'RelayRole', secretAccessKey: 'unused' },
    maxAttempts: 1,
  });

  it('keep a role to its objects, and do not admit that an object is missing', async () => {
    const s3 = new S3Client(options());
    const get = (Key: string) => s3.send(new GetObjectCommand({ Bucket: 'snapshots', Key }));
    await s3.send(new PutObjectCommand({ Bucket: 'snapshots', Key: 'snapshots/a', Body: 'a' }));
    expect(await (await get('snapshots/a')).Body?.transformToString()).toBe('a');
    await expectDenied(get('other/a'), 's3:GetObject');
    await expect(get('snapshots/missing')).rejects.toMatchObject({
      name: 'AccessDenied',
      $metadata: { httpStatusCode: 403 },
    });
  });

  it('keep a role to the encryption context of its policy', async () => {
    const kms = new KMSClient(options());
    const Plaintext = Buffer.from('secret');
    const EncryptionContext = { purpose: 'signing-key' };
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: KEY, Plaintext, EncryptionContext }),
    );
    await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }));
    await expectDenied(kms.send(new EncryptCommand({ KeyId: KEY, Plaintext })), 'kms:Encrypt');
    await expectDenied(
      kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: { purpose: 'other' } })),
      'kms:Decrypt',
    );
  });

  it('keep a role to its bus', async () => {
    const eventBridge = new EventBridgeClient(options());
    const put = (EventBusName: string) =>
      eventBridge.send(
        new PutEventsCommand({ Entries: [{ EventBusName, Source: 's', DetailType: 'd', Detail: '{}' }] }),
      );
    expect((await put('events')).FailedEntryCount).toBe(0);
    await expectDenied(put('other'), 'events:PutEvents');
  });
});
