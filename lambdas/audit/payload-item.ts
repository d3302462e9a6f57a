import { hash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Item } from '../shared/table.ts';
import type { Payload } from './record.ts';

const compress = promisify(gzip);

/** Bytes after compression: under the store's 400 KB for an item with room for the other attributes. */
export const PAYLOAD_LIMIT = 300_000;

export interface PayloadItem extends Item {
  /** Bytes of the JSON before compression. */
  bytes: number;
  /** SHA-256 (base64url) of that JSON; the outcome's record carries it too. */
  sha256: string;
  /** The gzip'ed JSON `{"arguments":…,"answer":…}`; absent when it was too large to keep. */
  data?: Uint8Array;
  tooLarge?: true;
  /** Epoch seconds. */
  ttl: number;
}

/** The item of an exchange's payload. One that is too large leaves its size and hash. */
export async function payloadItem(exchange: string, payload: Payload, ttl: number): Promise<PayloadItem> {
  const json = JSON.stringify({ arguments: payload.arguments, answer: payload.answer });
  const data = await compress(json);
  return {
    pk: exchange,
    sk: 'current',
    bytes: Buffer.byteLength(json),
    sha256: hash('sha256', json, 'base64url'),
    ...(data.length > PAYLOAD_LIMIT ? { tooLarge: true as const } : { data }),
    ttl,
  };
}
