import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServices, type TestServices } from '../../fixtures/store.ts';

let services: TestServices;
const s3 = new S3Client({});
beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

const put = (Key: string, Body: string, onlyIfNew = false) =>
  s3.send(
    new PutObjectCommand({
      Bucket: services.bucket,
      Key,
      Body,
      ContentType: 'application/json',
      ...(onlyIfNew ? { IfNoneMatch: '*' } : {}),
    }),
  );
const get = async (Key: string) => {
  const { Body, ContentType } = await s3.send(new GetObjectCommand({ Bucket: services.bucket, Key }));
  return { text: await Body?.transformToString(), ContentType };
};

describe('objects', () => {
  it('reads back what was written, with its type', async () => {
    await put('snapshots/main/ä b.json', '{"a":1}\n{}');
    expect(await get('snapshots/main/ä b.json')).toEqual({
      text: '{"a":1}\n{}',
      ContentType: 'application/json',
    });
    const head = await s3.send(
      new HeadObjectCommand({ Bucket: services.bucket, Key: 'snapshots/main/ä b.json' }),
    );
    expect(head.ContentLength).toBe(10);
  });

  it('keeps a key that climbs out of its bucket inside it', async () => {
    await put('../../outside', 'x');
    expect((await get('../../outside')).text).toBe('x');
  });

  it('lets exactly one of many parallel creators of a key win', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => put('once', String(n), true)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(put('once', 'late', true)).rejects.toMatchObject({
      name: 'PreconditionFailed',
      $metadata: { httpStatusCode: 412 },
    });
  });

  it('says that a key is missing', async () => {
    await expect(get('missing')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('refuses operations and options it does not have by name', async () => {
    const Bucket = services.bucket;
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: 'once' }))).rejects.toThrow(/DeleteObject/);
    await expect(s3.send(new GetObjectCommand({ Bucket, Key: 'once', Range: 'bytes=0-1' }))).rejects.toThrow(
      /range/,
    );
    await expect(
      s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'b', ServerSideEncryption: 'aws:kms' })),
    ).rejects.toThrow(/x-amz-server-side-encryption/);
  });
});
