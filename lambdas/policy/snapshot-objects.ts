import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { contentHash } from '../shared/canonical-json.ts';
import type { PortalSnapshot, VersionedSnapshot } from './snapshot.ts';
import { portalSnapshot } from './snapshot-schema.ts';

/** One client per execution environment, for its kept-alive connections. */
const s3 = new S3Client({});

const keyOf = (portalId: string, version: string): string => `snapshots/${portalId}/${version}.json`;

/** Stores a snapshot under the hash of its content (hexadecimal SHA-256 of the canonical JSON), its version. */
export async function putSnapshot(
  bucket: string,
  portalId: string,
  snapshot: PortalSnapshot,
): Promise<string> {
  const version = contentHash(snapshot);
  await s3.send(
    new PutObjectCommand({
      Bucket: bucket,
      Key: keyOf(portalId, version),
      // Not the canonical form: a tool's schema keeps the order of members that its server gave it.
      Body: JSON.stringify(snapshot),
      ContentType: 'application/json',
    }),
  );
  return version;
}

/** @throws Error when the object is missing, is not what its name says, or is no snapshot of this portal. */
export async function getSnapshot(
  bucket: string,
  portalId: string,
  version: string,
  abortSignal: AbortSignal,
): Promise<VersionedSnapshot> {
  const key = keyOf(portalId, version);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
  if (!Body) throw new Error(`The object ${key} is empty`);
  const content: unknown = JSON.parse(await Body.transformToString());
  if (contentHash(content) !== version) throw new Error(`The content of ${key} is not what its name says`);
  const snapshot = portalSnapshot.parse(content);
  if (snapshot.portal.id !== portalId) throw new Error(`The object ${key} is of another portal`);
  return { version, snapshot };
}
