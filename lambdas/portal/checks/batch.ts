import { code, RpcError } from '../json-rpc.ts';

/** Batches left the protocol with 2025-06-18. */
export function checkNoBatch(body: unknown): void {
  if (!Array.isArray(body)) return;
  throw new RpcError(code.invalidRequest, 'Batches are not supported: send one message per request.', {
    status: 400,
  });
}
