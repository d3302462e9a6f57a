import { isObject } from '../json.ts';
import { invalidParams } from '../json-rpc.ts';
import { meta } from '../protocol.ts';
import type { Method } from './context.ts';

/**
 * `subscriptions/listen` (2026-07-28): the portal declares no change notifications, so it honours none of the
 * filter, says so, and completes at once. Lists say with `ttlMs` when to ask again.
 */
export const listen: Method = ({ request, notify }) => {
  if (!isObject(request.params.notifications))
    throw invalidParams('params.notifications must be the filter of the subscription.');
  const _meta = { [meta.subscriptionId]: request.id };
  notify({ method: 'notifications/subscriptions/acknowledged', params: { notifications: {}, _meta } });
  return { resultType: 'complete', _meta };
};
