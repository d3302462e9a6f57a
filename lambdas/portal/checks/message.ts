import { isObject, type JsonObject } from '../json.ts';
import { code, type RequestId, RpcError } from '../json-rpc.ts';

export interface RequestMessage {
  kind: 'request';
  id: RequestId;
  method: string;
  params: JsonObject;
}

export interface NotificationMessage {
  kind: 'notification';
  method: string;
}

const invalid = (message: string) => new RpcError(code.invalidRequest, message, { status: 400 });

/** The id of whatever was sent, for the error that answers it. */
export function idOf(body: unknown): RequestId | null {
  const id = isObject(body) ? body.id : undefined;
  return typeof id === 'string' || typeof id === 'number' || JSON.isRawJSON(id) ? id : null;
}

/** Whether a message, as far as it can be read, asks for no answer. */
export const isNotification = (body: unknown): boolean =>
  isObject(body) && body.jsonrpc === '2.0' && typeof body.method === 'string' && !Object.hasOwn(body, 'id');

/** A single JSON-RPC 2.0 request or notification; the portal never asks clients, so it takes no responses. */
export function checkMessage(body: unknown): RequestMessage | NotificationMessage {
  if (!isObject(body) || body.jsonrpc !== '2.0')
    throw invalid('The body is not a JSON-RPC 2.0 message: it needs "jsonrpc": "2.0".');
  const { method, params } = body;
  if (typeof method !== 'string')
    throw invalid('The message names no method. The portal sends no requests, so it takes no responses.');
  if (params !== undefined && !isObject(params)) throw invalid('"params" must be an object.');
  if (!Object.hasOwn(body, 'id')) return { kind: 'notification', method };
  const id = idOf(body);
  if (id === null) throw invalid('"id" must be a string or a number.');
  return { kind: 'request', id, method, params: params ?? {} };
}
