import { randomUUID } from 'node:crypto';
import type { Outgoing } from '../../shared/outgoing.ts';
import { headerArgument } from '../header-parameters.ts';
import { encodeHeaderValue } from '../header-value.ts';
import { isObject, type JsonObject } from '../json.ts';
import { code, RpcError } from '../json-rpc.ts';
import { IMPLEMENTATION, MODERN_VERSION, meta, nameParameter } from '../protocol.ts';
import type { UpstreamCall } from './call.ts';
import { exchange, type Reply } from './exchange.ts';
import { UpstreamFailure } from './failure.ts';
import { notificationFor } from './notifications.ts';

/** The headers that repeat a modern request's body (2026-07-28, Streamable HTTP). */
export function standardHeaders(method: string, params: JsonObject): Record<string, string> {
  const parameter = Object.hasOwn(nameParameter, method) ? nameParameter[method] : undefined;
  const name = parameter === undefined ? undefined : params[parameter];
  return {
    'mcp-protocol-version': MODERN_VERSION,
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': encodeHeaderValue(name) } : {}),
  };
}

function parameterHeaders(call: UpstreamCall): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const parameter of call.headerParameters) {
    const argument = headerArgument(parameter, call.params.arguments);
    if (argument !== undefined)
      headers[`mcp-param-${parameter.header.toLowerCase()}`] = encodeHeaderValue(String(argument));
  }
  return headers;
}

/** The `_meta` of a request that the portal sends on its own account. */
export const requestMeta = (clientCapabilities: JsonObject): JsonObject => ({
  [meta.version]: MODERN_VERSION,
  [meta.clientInfo]: IMPLEMENTATION,
  [meta.clientCapabilities]: clientCapabilities,
});

function upstreamError(error: JsonObject): Error {
  const errorCode = typeof error.code === 'number' ? error.code : code.internalError;
  const message = typeof error.message === 'string' ? error.message : 'The server gave no reason.';
  if (errorCode === code.headerMismatch || errorCode === code.unsupportedVersion)
    return new UpstreamFailure('disagrees');
  const status = errorCode === code.missingCapability ? 400 : errorCode === code.methodNotFound ? 404 : 200;
  return new RpcError(errorCode, message, { status, data: error.data });
}

function resultOf({ message }: Reply): JsonObject {
  if (!message) throw new UpstreamFailure('http-error');
  if (isObject(message.error)) throw upstreamError(message.error);
  const { result } = message;
  if (!isObject(result)) throw new UpstreamFailure('not-mcp');
  const { resultType = 'complete' } = result;
  if (resultType !== 'complete' && resultType !== 'input_required') throw new UpstreamFailure('not-mcp');
  return result.resultType === undefined ? { ...result, resultType } : result;
}

/**
 * Sends a request to a modern server: a fresh id, headers from the rewritten body, the portal as client.
 * @throws RpcError with the server's own error; UpstreamFailure when it has no proper answer.
 */
export async function callModern(outgoing: Outgoing, call: UpstreamCall): Promise<JsonObject> {
  const id = randomUUID();
  const { method } = call;
  const params: JsonObject = {
    ...call.params,
    _meta: {
      ...call.meta,
      ...requestMeta(call.clientCapabilities),
      ...(call.logLevel === undefined ? {} : { [meta.logLevel]: call.logLevel }),
      ...(call.progressToken === undefined ? {} : { progressToken: id }),
    },
  };
  const reply = await exchange(outgoing, {
    url: new URL(call.server.url),
    headers: { ...standardHeaders(method, params), ...parameterHeaders(call) },
    message: { jsonrpc: '2.0', id, method, params },
    signal: call.signal,
    repeatable: call.repeatable,
    onMessage: (message) => {
      const notification = notificationFor(call, id, message);
      if (notification) call.onNotification(notification);
    },
  });
  return resultOf(reply);
}
