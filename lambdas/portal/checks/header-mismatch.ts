import { code, RpcError } from '../json-rpc.ts';

/** HeaderMismatch: a header is missing or disagrees with the body (2026-07-28, Streamable HTTP). */
export const headerMismatch = (header: string, problem: string): RpcError =>
  new RpcError(code.headerMismatch, `The header ${header} ${problem}.`, { status: 400, data: { header } });
