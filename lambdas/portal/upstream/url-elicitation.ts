import { isObject, type JsonObject } from '../json.ts';

function request(elicitation: unknown, index: number): [string, JsonObject] | undefined {
  if (!isObject(elicitation) || typeof elicitation.url !== 'string') return undefined;
  if (!/^https?:/i.test(elicitation.url)) return undefined;
  const { elicitationId } = elicitation;
  const key = typeof elicitationId === 'string' ? elicitationId : `url-${index}`;
  return [key, { method: 'elicitation/create', params: { ...elicitation, mode: 'url' } }];
}

/**
 * The URLs that a legacy server wants opened first (-32042, 2025-11-25) as the modern `input_required`;
 * undefined when the caller cannot open URLs or there are none.
 */
export function urlElicitation(data: unknown, clientCapabilities: JsonObject): JsonObject | undefined {
  const { elicitation } = clientCapabilities;
  if (!isObject(elicitation) || elicitation.url === undefined) return undefined;
  const listed = isObject(data) && Array.isArray(data.elicitations) ? data.elicitations : [];
  const requests = listed.flatMap((entry, index) => {
    const found = request(entry, index);
    return found ? [found] : [];
  });
  if (requests.length === 0) return undefined;
  return { resultType: 'input_required', inputRequests: Object.fromEntries(requests) };
}
