import { randomUUID } from 'node:crypto';
import type { Outgoing } from '../../shared/outgoing.ts';
import { isObject, type JsonObject } from '../json.ts';
import { IMPLEMENTATION, LEGACY_VERSION, LEGACY_VERSIONS } from '../protocol.ts';
import { exchange } from './exchange.ts';
import { UpstreamFailure } from './failure.ts';

/** What `initialize` established with a legacy server. */
export interface LegacySession {
  /** The session belongs to this URL and is never sent to another. */
  url: string;
  version: string;
  /** `Mcp-Session-Id`; a server may do without. */
  id: string | undefined;
}

export const sessionHeaders = ({ id, version }: LegacySession): Record<string, string> => ({
  'mcp-protocol-version': version,
  ...(id === undefined ? {} : { 'mcp-session-id': id }),
});

/**
 * `initialize` and `notifications/initialized` with a legacy server (2025-11-25, lifecycle). The portal
 * declares no capabilities: nothing could answer a server's requests between two calls.
 * @throws UpstreamFailure
 */
export async function handshake(
  outgoing: Outgoing,
  url: string,
  signal: AbortSignal,
): Promise<{ session: LegacySession; result: JsonObject }> {
  const reply = await exchange(outgoing, {
    url: new URL(url),
    headers: {},
    message: {
      jsonrpc: '2.0',
      id: randomUUID(),
      method: 'initialize',
      params: { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: IMPLEMENTATION },
    },
    signal,
    repeatable: true,
  });
  const result = reply.message?.result;
  if (!isObject(result)) throw new UpstreamFailure(reply.status >= 400 ? 'http-error' : 'not-mcp');
  const version = result.protocolVersion;
  if (typeof version !== 'string' || !LEGACY_VERSIONS.has(version)) throw new UpstreamFailure('disagrees');
  const session = { url, version, id: reply.sessionId };
  await exchange(outgoing, {
    url: new URL(url),
    headers: sessionHeaders(session),
    message: { jsonrpc: '2.0', method: 'notifications/initialized' },
    signal,
    repeatable: true,
  });
  return { session, result };
}
