import { randomUUID } from 'node:crypto';
import type { Outgoing } from '../../shared/outgoing.ts';
import { isObject, type JsonObject } from '../json.ts';
import { IMPLEMENTATION, LEGACY_VERSION, LEGACY_VERSIONS } from '../protocol.ts';
import { exchange, type Reply } from './exchange.ts';
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

/** Only the versions before 2025-06-18 have batches. */
export const mayBatch = ({ version }: LegacySession): boolean => version < '2025-06-18';

/** The newest version that a server names when it refuses `initialize` for the version (lifecycle, error handling). */
function namedInstead({ message }: Reply): string | undefined {
  const error = message?.error;
  const data = isObject(error) && isObject(error.data) ? error.data : {};
  const named: unknown[] = Array.isArray(data.supported) ? data.supported : [];
  return [...LEGACY_VERSIONS].find((version) => version !== LEGACY_VERSION && named.includes(version));
}

function initialize(
  outgoing: Outgoing,
  url: string,
  signal: AbortSignal,
  protocolVersion: string,
): Promise<Reply> {
  return exchange(outgoing, {
    url: new URL(url),
    headers: {},
    message: {
      jsonrpc: '2.0',
      id: randomUUID(),
      method: 'initialize',
      params: { protocolVersion, capabilities: {}, clientInfo: IMPLEMENTATION },
    },
    signal,
    repeatable: true,
  });
}

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
  let reply = await initialize(outgoing, url, signal, LEGACY_VERSION);
  const instead = namedInstead(reply);
  if (instead !== undefined) reply = await initialize(outgoing, url, signal, instead);
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
