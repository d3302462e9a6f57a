import { code, RpcError } from '../json-rpc.ts';

/** Bytes; below what the gateway and the function's payload allow. */
export const BODY_LIMIT = 4 * 1024 * 1024;

/** Returns the size of the body in bytes. */
export function checkBodySize(body: string): number {
  const bytes = Buffer.byteLength(body);
  if (bytes <= BODY_LIMIT) return bytes;
  throw new RpcError(code.tooLarge, `The message is larger than ${BODY_LIMIT} bytes. Send less at once.`, {
    status: 413,
  });
}
