import { randomUUID } from 'node:crypto';
import type { Outgoing } from '../../shared/outgoing.ts';
import { isObject, type JsonObject } from '../json.ts';
import { code, RpcError } from '../json-rpc.ts';
import type { UpstreamCall } from './call.ts';
import { exchange, type Reply } from './exchange.ts';
import { UpstreamFailure } from './failure.ts';
import { type LegacySession, mayBatch, sessionHeaders } from './legacy-session.ts';
import type { LegacySessions } from './legacy-sessions.ts';
import { notificationFor } from './notifications.ts';
import { urlElicitation } from './url-elicitation.ts';

/** Messages that are sent on the side of a call may take this long. */
const ASIDE_MS = 5_000;

/** Sends a message whose fate does not matter to the call. */
function aside(outgoing: Outgoing, session: LegacySession, message: JsonObject): void {
  exchange(outgoing, {
    url: new URL(session.url),
    headers: sessionHeaders(session),
    message: { jsonrpc: '2.0', ...message },
    signal: AbortSignal.timeout(ASIDE_MS),
    repeatable: false,
  }).catch(() => undefined);
}

/**
 * Answers a server's own request: the portal has no capability that would allow one, except to be pinged. A
 * server without sessions could not take the answer, and would wait for it until the call's time is over.
 * @throws UpstreamFailure in that case.
 */
function answerRequest(outgoing: Outgoing, session: LegacySession, { id, method }: JsonObject): void {
  if (session.id === undefined && method !== 'ping') throw new UpstreamFailure('asks');
  const answer =
    method === 'ping'
      ? { result: {} }
      : { error: { code: code.methodNotFound, message: 'The portal takes no requests from servers.' } };
  aside(outgoing, session, { id, ...answer });
}

/**
 * Servers say that a session is gone with 404 (2025-11-25, session management); some with 400 and a code of
 * the implementation range. Neither has read the request.
 */
function sessionLost({ status, message }: Reply): boolean {
  const error = message?.error;
  const errorCode = isObject(error) ? error.code : undefined;
  if (status === 404) return errorCode !== code.methodNotFound;
  return status === 400 && (errorCode === undefined || errorCode === -32000 || errorCode === -32001);
}

async function post(outgoing: Outgoing, call: UpstreamCall, session: LegacySession): Promise<Reply> {
  const id = randomUUID();
  const { progressToken, signal } = call;
  const meta = { ...call.meta, ...(progressToken === undefined ? {} : { progressToken: id }) };
  const params = Object.keys(meta).length > 0 ? { ...call.params, _meta: meta } : call.params;
  const cancel = () =>
    aside(outgoing, session, { method: 'notifications/cancelled', params: { requestId: id } });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await exchange(outgoing, {
      url: new URL(session.url),
      headers: sessionHeaders(session),
      message: { jsonrpc: '2.0', id, method: call.method, params },
      signal,
      repeatable: call.repeatable,
      batches: mayBatch(session),
      onMessage: (message) => {
        if (typeof message.method === 'string' && 'id' in message) answerRequest(outgoing, session, message);
        const notification = notificationFor(call, id, message);
        if (notification) call.onNotification(notification);
      },
    });
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function legacyError(error: JsonObject, call: UpstreamCall): RpcError | JsonObject {
  const errorCode = typeof error.code === 'number' ? error.code : code.internalError;
  const message = typeof error.message === 'string' ? error.message : 'The server gave no reason.';
  if (errorCode === code.legacyResourceNotFound) {
    const data = isObject(error.data) ? error.data : {};
    return new RpcError(code.invalidParams, message, { data: { uri: call.params.uri, ...data } });
  }
  if (errorCode === code.legacyUrlElicitation) {
    return urlElicitation(error.data, call.clientCapabilities) ?? new RpcError(code.internalError, message);
  }
  const status = errorCode === code.methodNotFound ? 404 : 200;
  return new RpcError(errorCode, message, { status, data: error.data });
}

/** A legacy result in the portal's internal form, which is the modern one. */
function modernised(result: JsonObject, method: string): JsonObject {
  const caching = method === 'resources/read' ? { ttlMs: 0, cacheScope: 'private' } : {};
  return { ...result, resultType: 'complete', ...caching };
}

/**
 * Sends a request to a legacy server in the holder's session. A session that the server lost is opened again,
 * once, and the request repeated.
 * @throws RpcError with the server's own error; UpstreamFailure when it has no proper answer.
 */
export async function callLegacy(
  outgoing: Outgoing,
  sessions: LegacySessions,
  call: UpstreamCall,
): Promise<JsonObject> {
  let session = await sessions.open(call.server, call.holder);
  let reply = await post(outgoing, call, session);
  if (sessionLost(reply)) {
    session = await sessions.renew(call.server, call.holder, session);
    reply = await post(outgoing, call, session);
  }
  const { message } = reply;
  if (!message) throw new UpstreamFailure('http-error');
  if (isObject(message.error)) {
    const outcome = legacyError(message.error, call);
    if (outcome instanceof RpcError) throw outcome;
    return outcome;
  }
  if (!isObject(message.result)) throw new UpstreamFailure('not-mcp');
  return modernised(message.result, call.method);
}
