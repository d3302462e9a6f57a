import {
  ADMIN_SCOPE,
  CLI_CLIENT_ID,
  CONSOLE_CLIENT_ID,
  PORTAL_SCOPE,
  portalsOf,
  type Resources,
} from '../shared/origin.ts';

import { serviceOfClient } from './sessions/holder.ts';

export const isFirstParty = (clientId: string): boolean =>
  clientId === CLI_CLIENT_ID || clientId === CONSOLE_CLIENT_ID;

/** The resource that a client means when it names none (older clients do not know RFC 8707). */
export const defaultResource = (clientId: string, resources: Resources): string =>
  isFirstParty(clientId) ? resources.admin : resources.portal;

/** The scope that a resource grants, or undefined when this client may not ask for it or it is not ours. */
export function scopeOf(resource: string, clientId: string, resources: Resources): string | undefined {
  if (portalsOf(resources).includes(resource)) return PORTAL_SCOPE;
  const mayAdminister = isFirstParty(clientId) || serviceOfClient(clientId) !== undefined;
  return resource === resources.admin && mayAdminister ? ADMIN_SCOPE : undefined;
}

/**
 * Completes an authorization request: every resource asked for brings its scope, since there are no partial
 * scopes and a request without one could only end in a token that opens nothing. A request that was pushed is
 * complete already: what its reference comes with counts for nothing.
 */
export function withResourceScopes(query: URLSearchParams, resources: Resources): URLSearchParams {
  const clientId = query.get('client_id');
  if (!clientId || query.has('request_uri') || query.getAll('scope').length > 1) return query;
  const asked = query.getAll('resource');
  const scopes = new Set((query.get('scope') ?? '').split(' ').filter(Boolean));
  for (const resource of asked.length > 0 ? asked : [defaultResource(clientId, resources)]) {
    const scope = scopeOf(resource, clientId, resources);
    if (scope) scopes.add(scope);
  }
  const completed = new URLSearchParams(query);
  if (scopes.size > 0) completed.set('scope', [...scopes].join(' '));
  return completed;
}
