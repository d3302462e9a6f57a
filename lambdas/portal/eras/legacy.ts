import { checkLegacyVersion } from '../checks/legacy-version.ts';
import type { RequestMessage } from '../checks/message.ts';
import { isObject, type JsonObject, without } from '../json.ts';
import { code, RpcError } from '../json-rpc.ts';
import { meta } from '../protocol.ts';
import { beforeStructure } from './before-structure.ts';
import { inputRequiredText } from './legacy-input-required.ts';
import { type LegacyVersion, negotiate } from './legacy-versions.ts';
import { ownMembers, withoutMeta } from './meta-members.ts';
import type { PortalRequest } from './portal-request.ts';

/**
 * Checks a legacy request and brings it into the internal form. Without a session its client's capabilities
 * are unknown, so servers get none to count on; log messages are theirs to send.
 */
export function readLegacy(
  { id, method, params }: RequestMessage,
  headers: PortalRequest['headers'],
): PortalRequest {
  const legacy =
    method === 'initialize'
      ? negotiate(params.protocolVersion)
      : checkLegacyVersion(headers['mcp-protocol-version']);
  const all = isObject(params._meta) ? params._meta : {};
  return {
    era: 'legacy',
    legacy,
    id,
    method,
    params: withoutMeta(params),
    meta: ownMembers(all),
    progressToken: all.progressToken,
    logLevel: 'debug',
    clientCapabilities: {},
    clientName: undefined,
    headers,
  };
}

/** Legacy structured results are objects: other values travel as `{ result }`. */
export const needsWrapping = (outputSchema: unknown): boolean =>
  outputSchema !== undefined && !(isObject(outputSchema) && outputSchema.type === 'object');

function toolDefinition(definition: unknown): unknown {
  if (!isObject(definition) || !needsWrapping(definition.outputSchema)) return definition;
  const outputSchema = {
    type: 'object',
    properties: { result: definition.outputSchema },
    required: ['result'],
  };
  return { ...definition, outputSchema };
}

const MODERN_MEMBERS: ReadonlySet<string> = new Set(['resultType', 'ttlMs', 'cacheScope']);

function withoutModernMembers(result: JsonObject): JsonObject {
  const rest = without(result, MODERN_MEMBERS);
  if (!isObject(rest._meta)) return rest;
  const { _meta, ...others } = rest;
  const own = Object.entries(rest._meta).filter(([key]) => !key.startsWith(meta.prefix));
  return own.length > 0 ? { ...others, _meta: Object.fromEntries(own) } : others;
}

/** An internal result as a legacy client understands it; `outputSchema` is that of the tool that was called. */
export function legacyResult(
  version: Pick<LegacyVersion, 'structured'>,
  method: string,
  result: JsonObject,
  outputSchema: unknown,
): JsonObject {
  const shown = newestLegacyResult(method, result, outputSchema);
  return version.structured ? shown : beforeStructure(method, shown);
}

function newestLegacyResult(method: string, result: JsonObject, outputSchema: unknown): JsonObject {
  if (result.resultType === 'input_required') {
    const text = inputRequiredText(result);
    if (method !== 'tools/call') throw new RpcError(code.internalError, text);
    return { content: [{ type: 'text', text }], isError: true };
  }
  const plain = withoutModernMembers(result);
  if (method === 'tools/list' && Array.isArray(plain.tools))
    return { ...plain, tools: plain.tools.map(toolDefinition) };
  if (method !== 'tools/call' || plain.structuredContent === undefined) return plain;
  if (!needsWrapping(outputSchema) && isObject(plain.structuredContent)) return plain;
  return { ...plain, structuredContent: { result: plain.structuredContent } };
}

/** Errors that modern clients get under another code. */
export function legacyError(method: string, error: RpcError): RpcError {
  const { message, data } = error;
  if (method === 'resources/read' && error.code === code.invalidParams && isObject(data) && 'uri' in data)
    return new RpcError(code.legacyResourceNotFound, message, { data });
  if (error.code === code.methodNotFound || error.code === code.missingCapability)
    return new RpcError(error.code, message, { data });
  return error;
}
