import type { Middleware } from 'koa';
import { errors } from 'oidc-provider';
import { SallyportError, toErrorBody } from '../../shared/errors.ts';
import { type HttpRequest, type HttpResponse, jsonResponse } from '../../shared/http.ts';
import { logger } from '../../shared/logger.ts';
import { applyResponse, requestOf } from '../http-bridge.ts';
import { routeOf } from '../oauth-routes.ts';
import { challenge } from '../tokens/challenge.ts';
import { errorPage } from './error-page.ts';
import type { InteractionRequest } from './interaction-request.ts';
import type { Interactions } from './interactions.ts';
import type { SignIn } from './sign-in.ts';

export interface OwnPages {
  interactions: Interactions;
  signIn: SignIn;
  userinfo: (request: HttpRequest) => Promise<HttpResponse>;
}

function pageFor(error: unknown): HttpResponse {
  if (error instanceof SallyportError && error.status < 500)
    return errorPage(error.status, error.code, error.message);
  if (error instanceof errors.OIDCProviderError && error.expose)
    return errorPage(
      error.statusCode,
      error.error,
      'This request has expired, was finished before, or was started in another browser.',
    );
  logger.error('a page failed', { error: error instanceof Error ? error : String(error) });
  const { status, body } = toErrorBody(error);
  return errorPage(status, body.error.code, body.error.message);
}

function userinfoError(error: unknown): HttpResponse {
  if (!(error instanceof SallyportError)) logger.error('userinfo failed', { error: String(error) });
  const { status, body } = toErrorBody(error);
  return jsonResponse(
    status,
    { error: body.error.code, error_description: body.error.message },
    status === 401 || status === 403 ? { 'www-authenticate': challenge(body.error.code) } : {},
  );
}

/** Serves the pages that the library leaves to us, inside it, since it finds interactions by its cookies. */
export function ownPages({ interactions, signIn, userinfo }: OwnPages): Middleware {
  const steps = {
    show: (call: InteractionRequest) => interactions.show(call),
    answer: (call: InteractionRequest) => interactions.answer(call),
    switch: (call: InteractionRequest) => interactions.switchPerson(call),
  };
  return async (ctx, next) => {
    const request = requestOf(ctx);
    const route = routeOf(request);
    switch (route?.kind) {
      case 'interaction': {
        const call = { uid: route.uid, request, req: ctx.req, res: ctx.res };
        return applyResponse(ctx, await steps[route.step](call).catch(pageFor));
      }
      case 'callback':
        return applyResponse(ctx, await signIn.finish(request).catch(pageFor));
      case 'userinfo':
        return applyResponse(ctx, await userinfo(request).catch(userinfoError));
      default:
        return next();
    }
  };
}
