import { isObject, type JsonObject } from '../json.ts';
import { logLevels } from '../protocol.ts';
import type { Notification, UpstreamCall } from './call.ts';

/** Notifications about a server as a whole, which say nothing about this request. */
const UNRELATED =
  /^notifications\/(?:cancelled|initialized|elicitation\/|tasks\/|subscriptions\/|resources\/|prompts\/|tools\/|roots\/)/;

const severity = (level: unknown): number => (typeof level === 'string' ? logLevels.indexOf(level) : -1);

/**
 * The notification as the caller of this request may see it: progress with its own token, log messages of at
 * least the level it asked for, and those that extensions define. Undefined for all others.
 */
export function notificationFor(
  call: Pick<UpstreamCall, 'progressToken' | 'logLevel'>,
  id: string,
  message: JsonObject,
): Notification | undefined {
  const { method } = message;
  if (typeof method !== 'string' || 'id' in message || UNRELATED.test(method)) return undefined;
  const params = isObject(message.params) ? message.params : {};
  if (method === 'notifications/progress') {
    if (params.progressToken !== id || call.progressToken === undefined) return undefined;
    return { method, params: { ...params, progressToken: call.progressToken } };
  }
  if (method === 'notifications/message') {
    if (call.logLevel === undefined || severity(params.level) < severity(call.logLevel)) return undefined;
  }
  return { method, params };
}
