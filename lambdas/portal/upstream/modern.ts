import { randomUUID } from 'node:crypto';
import type { Outgoing } from '../../shared/outgoing.ts';
import { type HeaderParameter, headerArgument, headerParameters } from '../header-parameters.ts';
import { encodeHeaderValue } from '../header-value.ts';
import { isObject, type JsonObject } from '../json.ts';
import { code, RpcError } from '../json-rpc.ts';
import { IMPLEMENTATION, MODERN_VERSION, meta, nameParameter } from '../protocol.ts';
import type { UpstreamCall } from './call.ts';
import { drain } from './drain.ts';
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

async function post(outgoing: Outgoing, call: UpstreamCall): Promise<Reply> {
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
  return exchange(outgoing, {
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
}

/** What the tool wants in headers by now, read from the server itself. */
async function currentHeaderParameters(
  outgoing: Outgoing,
  call: UpstreamCall,
): Promise<readonly HeaderParameter[]> {
  const list = async (method: string, params: JsonObject) => {
    const request = { ...call, method, params, clientCapabilities: {}, progressToken: undefined };
    return resultOf(await post(outgoing, { ...request, headerParameters: [], repeatable: true }));
  };
  const tools = await drain(list, 'tools/list', 'tools');
  const scan = headerParameters(tools.find(({ name }) => name === call.params.name)?.inputSchema);
  return scan.valid ? scan.parameters : [];
}

const isHeaderMismatch = ({ message }: Reply): boolean =>
  isObject(message?.error) && message.error.code === code.headerMismatch;

/**
 * Sends a request to a modern server: a fresh id, headers from the rewritten body, the portal as client. A
 * tool whose header annotations changed since the last sync refuses without running; it is asked once more
 * with what it wants now.
 * @throws RpcError with the server's own error; UpstreamFailure when it has no proper answer.
 */
export async function callModern(outgoing: Outgoing, call: UpstreamCall): Promise<JsonObject> {
  const reply = await post(outgoing, call);
  if (call.method !== 'tools/call' || !isHeaderMismatch(reply)) return resultOf(reply);
  const current = await currentHeaderParameters(outgoing, call).catch((cause: unknown) => {
    throw new UpstreamFailure('disagrees', { cause });
  });
  return resultOf(await post(outgoing, { ...call, headerParameters: current }));
}
