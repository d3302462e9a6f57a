import type { IncomingHttpHeaders } from 'node:http';
import { ServiceError } from './aws-json.ts';

/** Headers of S3's own that change nothing here: signature, SDK telemetry, checksums of the transfer. */
const WITHOUT_EFFECT = [
  /^x-amz-(date|content-sha256|security-token|user-agent|sdk-checksum-algorithm|checksum-mode)$/,
  /^x-amz-checksum-(crc32|crc32c|crc64nvme|sha1|sha256)$/,
];
const CONDITIONS = ['if-match', 'if-modified-since', 'if-unmodified-since', 'range'];

/** @throws ServiceError NotImplemented naming a header that would change what S3 does. */
export function everyHeaderKnown(headers: IncomingHttpHeaders, operation: string): void {
  const refuse = (what: string) =>
    new ServiceError('NotImplemented', `The local S3 does not support ${what} in ${operation}.`, 501);
  for (const name of Object.keys(headers)) {
    const unknown = name.startsWith('x-amz-') && !WITHOUT_EFFECT.some((known) => known.test(name));
    if (unknown || CONDITIONS.includes(name)) throw refuse(`the header ${name}`);
  }
  if (headers['content-encoding']?.includes('aws-chunked')) throw refuse('bodies of unknown length');
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw refuse(`If-None-Match: ${ifNoneMatch}`);
}
