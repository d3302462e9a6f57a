import type { HttpRequest } from '../shared/http.ts';
import type { Resources } from '../shared/origin.ts';
import { withResourceScopes } from './authorization-request.ts';

/** A pushed or device authorization request with the scopes of its resources, as authorization requests get them. */
export function completeForm(request: HttpRequest, resources: Resources): HttpRequest {
  const completed = withResourceScopes(new URLSearchParams(request.body), resources);
  return { ...request, body: completed.toString() };
}
