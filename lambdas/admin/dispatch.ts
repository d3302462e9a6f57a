import { SallyportError } from '../shared/errors.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from '../shared/http.ts';
import { logger } from '../shared/logger.ts';
import { authenticate, type Caller } from './administrator.ts';
import { checkProgram, type Program } from './program.ts';
import { noRole, notPermitted, permits } from './roles.ts';
import type { AdminApi, OpenRoute, Route } from './route.ts';
import { routesAt } from './routes.ts';

function methodNotAllowed(found: readonly Route[], { method }: HttpRequest): HttpResponse {
  const allow = found.map((route) => route.method).join(', ');
  const message = `${method} is not possible here; use ${allow}.`;
  return jsonResponse(405, { error: { code: 'method_not_allowed', message } }, { allow });
}

/** Keeps who tried what and why it was refused; a call that is not a change is a refused use of the token. */
async function recordRefusal(
  api: AdminApi,
  route: Exclude<Route, OpenRoute>,
  caller: Caller | Program,
  id: string,
  error: unknown,
): Promise<void> {
  const reason = error instanceof SallyportError ? error.message : 'internal error';
  const { actor } = caller;
  const denied = error instanceof SallyportError && error.status === 403;
  if (route.attempt) {
    const { activity, kind } = route.attempt;
    const document = { kind, id: id.slice(0, 80) || '*' };
    await api.audit.change({ activity, actor, document, status: denied ? 'denied' : 'failure', reason });
  } else if (denied) {
    await api.audit.authentication({ activity: 'token', actor, status: 'failure', reason });
  }
}

/** A program calls what its document lets it, and nothing that is a person's. */
async function handleProgram(
  api: AdminApi,
  route: Exclude<Route, OpenRoute>,
  program: Program,
  { request, id }: { request: HttpRequest; id: string },
): Promise<HttpResponse> {
  checkProgram(program, route.permission);
  if (!route.programs) throw new SallyportError('no_permission', 403, 'This is for people: sign in.');
  return route.handle(api, { request, id, caller: { actor: program.actor, name: program.name } });
}

/** Answers one request of the admin API; expected refusals are thrown as SallyportError. */
export async function dispatch(api: AdminApi, request: HttpRequest): Promise<HttpResponse> {
  const { routes, id } = routesAt(request.path);
  if (routes.length === 0) {
    const message = 'There is nothing at this path; GET /api/v1/openapi.json describes what there is.';
    throw new SallyportError('not_found', 404, message, { at: 'path' });
  }
  const route = routes.find(({ method }) => method === request.method);
  if (!route) return methodNotAllowed(routes, request);
  if (route.permission === null) return route.handle();
  const caller = await authenticate(api, request);
  try {
    if ('permissions' in caller) return await handleProgram(api, route, caller, { request, id });
    if (route.permission === 'self') return await route.handle(api, { request, id, caller });
    const { role } = caller;
    if (!role) throw noRole(caller.person.email);
    if (!permits(role, route.permission)) {
      throw notPermitted(caller.person.email, role, route.permission);
    }
    if (route.programs) {
      const { actor, person } = caller;
      return await route.handle(api, { request, id, caller: { actor, name: person.email } });
    }
    return await route.handle(api, { request, id, caller: { ...caller, role } });
  } catch (error) {
    await recordRefusal(api, route, caller, id, error).catch((failure: unknown) => {
      logger.error('refusal not recorded', { error: failure instanceof Error ? failure : String(failure) });
    });
    throw error;
  }
}
