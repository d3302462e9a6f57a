import { randomUUID } from 'node:crypto';
import type { Outgoing } from '../../shared/outgoing.ts';
import { isObject, type JsonObject } from '../json.ts';
import { code, RpcError } from '../json-rpc.ts';
import { MODERN_VERSION } from '../protocol.ts';
import { exchange, type Reply } from './exchange.ts';
import { UpstreamFailure } from './failure.ts';
import { handshake, mayBatch, sessionHeaders } from './legacy-session.ts';
import { requestMeta, standardHeaders } from './modern.ts';

/** A server to which the portal talks on its own account, to learn what it offers. */
export interface ServerConnection {
  era: 'modern' | 'legacy';
  capabilities: JsonObject;
  instructions: string | undefined;
  /** @throws RpcError with the server's error; UpstreamFailure when it has no proper answer. */
  request(method: string, params: JsonObject): Promise<JsonObject>;
  /** True for the error of a server that does not have the method. */
  lacks(error: unknown): boolean;
  close(): Promise<void>;
}

function resultOf({ message, status }: Reply): JsonObject {
  if (isObject(message?.result)) return message.result;
  if (!isObject(message?.error)) throw new UpstreamFailure(status >= 400 ? 'http-error' : 'not-mcp');
  const { error } = message;
  throw new RpcError(typeof error.code === 'number' ? error.code : code.internalError, String(error.message));
}

const lacks = (error: unknown): boolean => error instanceof RpcError && error.code === code.methodNotFound;

const described = (result: JsonObject) => ({
  capabilities: isObject(result.capabilities) ? result.capabilities : {},
  instructions: typeof result.instructions === 'string' ? result.instructions : undefined,
});

const postModern = (
  outgoing: Outgoing,
  url: string,
  signal: AbortSignal,
  method: string,
  params: JsonObject,
): Promise<Reply> =>
  exchange(outgoing, {
    url: new URL(url),
    headers: standardHeaders(method, params),
    message: {
      jsonrpc: '2.0',
      id: randomUUID(),
      method,
      params: { ...params, _meta: requestMeta({}) },
    },
    signal,
    repeatable: true,
  });

async function connectLegacy(
  outgoing: Outgoing,
  url: string,
  signal: AbortSignal,
): Promise<ServerConnection> {
  const { session, result } = await handshake(outgoing, url, signal);
  const headers = sessionHeaders(session);
  return {
    era: 'legacy',
    ...described(result),
    lacks,
    async request(method, params) {
      const message = { jsonrpc: '2.0', id: randomUUID(), method, params };
      return resultOf(
        await exchange(outgoing, {
          url: new URL(url),
          headers,
          message,
          signal,
          repeatable: true,
          batches: mayBatch(session),
        }),
      );
    },
    async close() {
      if (session.id === undefined) return;
      const response = await outgoing
        .send({ url: new URL(url), method: 'DELETE', headers, signal, repeatable: true })
        .catch(() => undefined);
      response?.destroy();
    },
  };
}

/** A modern server answers `server/discover`, or refuses with one of the codes that only modern ones have. */
function modernAnswer({ status, message }: Reply): JsonObject | undefined {
  const error = message?.error;
  if (isObject(message?.result) && Array.isArray(message.result.supportedVersions)) return message.result;
  const modernCodes: unknown[] = [code.headerMismatch, code.missingCapability, code.unsupportedVersion];
  if (status === 400 && isObject(error) && modernCodes.includes(error.code))
    throw new UpstreamFailure('disagrees');
  return undefined;
}

/**
 * Connects in the server's era: a modern request first; whatever is no sign of a modern server falls back to
 * `initialize` (2026-07-28, versioning). Refusals of credentials and failures of the server say nothing.
 */
export async function connect(
  outgoing: Outgoing,
  url: string,
  signal: AbortSignal,
): Promise<ServerConnection> {
  const reply = await postModern(outgoing, url, signal, 'server/discover', {});
  const discovered = modernAnswer(reply);
  if (!discovered) return connectLegacy(outgoing, url, signal);
  if (!Array.isArray(discovered.supportedVersions) || !discovered.supportedVersions.includes(MODERN_VERSION))
    throw new UpstreamFailure('disagrees');
  return {
    era: 'modern',
    ...described(discovered),
    lacks,
    request: async (method, params) => resultOf(await postModern(outgoing, url, signal, method, params)),
    close: () => Promise.resolve(),
  };
}
