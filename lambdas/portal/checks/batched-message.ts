import { code, RpcError } from '../json-rpc.ts';

/** What may not be part of a batch: `initialize` (2025-03-26, lifecycle), and modern requests altogether. */
export function checkBatchedMessage(era: 'modern' | 'legacy', method: string): void {
  if (era === 'legacy' && method !== 'initialize') return;
  const what = era === 'modern' ? 'Requests of 2026-07-28' : 'initialize';
  throw new RpcError(code.invalidRequest, `${what} cannot be part of a batch: send it by itself.`);
}
