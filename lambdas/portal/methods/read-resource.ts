import { routeResource } from '../routing.ts';
import { type Method, taken } from './context.ts';

/**
 * `resources/read`: URIs stay as their server has them. What one person may read is never for others to
 * cache, whatever the server says.
 */
export const readResource: Method = async (context) => {
  const { catalog, access, request } = context;
  const offer = taken(context, routeResource(catalog, access, request.params.uri));
  const result = await context.forward(offer, { params: request.params, repeatable: true });
  if (result.resultType !== 'complete') return result;
  const { ttlMs } = result;
  const kept = typeof ttlMs === 'number' && Number.isSafeInteger(ttlMs) && ttlMs > 0 ? ttlMs : 0;
  return { ...result, ttlMs: kept, cacheScope: 'private' };
};
