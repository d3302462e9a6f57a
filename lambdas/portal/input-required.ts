import { isObject, type JsonObject } from './json.ts';
import { code, RpcError } from './json-rpc.ts';

/** The capability that one embedded request needs (2026-07-28, multi round-trip requests). */
function needed(request: unknown): [capability: string, member: string | undefined] | undefined {
  if (!isObject(request)) return undefined;
  const params = isObject(request.params) ? request.params : {};
  switch (request.method) {
    case 'elicitation/create':
      return ['elicitation', params.mode === 'url' ? 'url' : 'form'];
    case 'sampling/createMessage':
      return ['sampling', 'tools' in params || 'toolChoice' in params ? 'tools' : undefined];
    case 'roots/list':
      return ['roots', undefined];
    default:
      return undefined;
  }
}

function covers(capabilities: JsonObject, capability: string, member: string | undefined): boolean {
  const declared = capabilities[capability];
  if (!isObject(declared)) return false;
  if (member === undefined || declared[member] !== undefined) return true;
  return capability === 'elicitation' && member === 'form' && declared.url === undefined;
}

/**
 * A server may ask a caller only for what its capabilities cover.
 * @throws RpcError -32021 (HTTP 400) that lists what is missing.
 */
export function checkInputRequired(result: JsonObject, capabilities: JsonObject): void {
  if (result.resultType !== 'input_required' || !isObject(result.inputRequests)) return;
  const missing: Record<string, JsonObject> = {};
  for (const request of Object.values(result.inputRequests)) {
    const need = needed(request);
    if (!need || covers(capabilities, ...need)) continue;
    const [capability, member] = need;
    missing[capability] = { ...missing[capability], ...(member === undefined ? {} : { [member]: {} }) };
  }
  if (Object.keys(missing).length === 0) return;
  throw new RpcError(
    code.missingCapability,
    `The server needs client capabilities that the request does not declare: ${Object.keys(missing).join(', ')}`,
    { status: 400, data: { requiredCapabilities: missing } },
  );
}
