import type { RequestMessage } from '../checks/message.ts';
import { checkMethodHeader } from '../checks/method-header.ts';
import { checkNameHeader } from '../checks/name-header.ts';
import { checkProtocolVersion } from '../checks/protocol-version.ts';
import { checkRequestMeta } from '../checks/request-meta.ts';
import { checkVersionHeader } from '../checks/version-header.ts';
import { isObject, type JsonObject, without } from '../json.ts';
import { meta, TASKS_EXTENSION } from '../protocol.ts';
import { ownMembers, withoutMeta } from './meta-members.ts';
import type { PortalRequest } from './portal-request.ts';

const TASKS: ReadonlySet<string> = new Set(['tasks', TASKS_EXTENSION]);

/** Tasks live between requests, which the portal does not relay: servers must not count on them. */
function relayed(capabilities: JsonObject): JsonObject {
  const { extensions, ...rest } = without(capabilities, TASKS);
  return isObject(extensions) ? { ...rest, extensions: without(extensions, TASKS) } : rest;
}

const nameOf = (clientInfo: unknown): string | undefined =>
  isObject(clientInfo) && typeof clientInfo.name === 'string' ? clientInfo.name.slice(0, 100) : undefined;

/** Checks a modern request in the order of the specification and brings it into the internal form. */
export function readModern(
  { id, method, params }: RequestMessage,
  headers: PortalRequest['headers'],
): PortalRequest {
  const { all, version, clientCapabilities } = checkRequestMeta(params);
  checkVersionHeader(headers['mcp-protocol-version'], version);
  checkMethodHeader(headers['mcp-method'], method);
  checkProtocolVersion(version);
  checkNameHeader(headers['mcp-name'], method, params);
  const logLevel = all[meta.logLevel];
  return {
    era: 'modern',
    id,
    method,
    params: withoutMeta(params),
    meta: ownMembers(all),
    progressToken: all.progressToken,
    logLevel: typeof logLevel === 'string' ? logLevel : undefined,
    clientCapabilities: relayed(clientCapabilities),
    clientName: nameOf(all[meta.clientInfo]),
    headers,
  };
}

/** Every modern result says who serves it: the portal, whoever made it. */
export function modernResult(result: JsonObject, serverInfo: JsonObject): JsonObject {
  const own = isObject(result._meta) ? result._meta : {};
  return { ...result, _meta: { ...own, [meta.serverInfo]: serverInfo } };
}
