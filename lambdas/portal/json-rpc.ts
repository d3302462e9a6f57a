import type { JsonObject, RawNumber } from './json.ts';

export type RequestId = string | number | RawNumber;

/** JSON-RPC 2.0 and MCP error codes; positive ones are the portal's own, outside the reserved range. */
export const code = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
  legacyResourceNotFound: -32002,
  legacyUrlElicitation: -32042,
  /** The session ended while the request was on its way. */
  sessionEnded: 401,
  /** Policies refuse the person; the message says which and what to do. */
  denied: 403,
  originRefused: 4031,
  contentType: 415,
  tooLarge: 413,
  /** The server behind the portal did not give an answer that can be passed on. */
  upstreamFailed: 502,
  notRecorded: 503,
  notConfigured: 5031,
  upstreamTimeout: 504,
} as const;

/** An error that the caller gets as a JSON-RPC error; `status` is its HTTP status while no answer has begun. */
export class RpcError extends Error {
  readonly code: number;
  readonly status: number;
  readonly data: unknown;

  constructor(errorCode: number, message: string, options: { status?: number; data?: unknown } = {}) {
    super(message);
    this.name = 'RpcError';
    this.code = errorCode;
    this.status = options.status ?? 200;
    this.data = options.data;
  }
}

export const invalidParams = (message: string, data?: unknown): RpcError =>
  new RpcError(code.invalidParams, message, { data });

export function errorMessage(id: RequestId | null, error: RpcError): JsonObject {
  const { message, data } = error;
  return {
    jsonrpc: '2.0',
    id,
    error: { code: error.code, message, ...(data === undefined ? {} : { data }) },
  };
}

export const resultMessage = (id: RequestId, result: JsonObject): JsonObject => ({
  jsonrpc: '2.0',
  id,
  result,
});
