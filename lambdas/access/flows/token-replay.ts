import { calculateJwkThumbprint, decodeProtectedHeader } from 'jose';
import type { Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import type { HttpRequest } from '../../shared/http.ts';
import { logger } from '../../shared/logger.ts';
import { requestOf } from '../http-bridge.ts';
import { JustUsed } from '../provider-store.ts';
import type { RefreshReplay, RefreshRequest } from './refresh-replay.ts';

/** The key of the request's proof, which the library has judged before it looked at the refresh token. */
async function provenKey({ headers }: HttpRequest): Promise<string | undefined> {
  const jwk = headers.dpop === undefined ? undefined : decodeProtectedHeader(headers.dpop).jwk;
  return jwk && calculateJwkThumbprint(jwk);
}

/** Undefined for any other token request. */
async function refreshRequest(request: HttpRequest, client: string): Promise<RefreshRequest | undefined> {
  const form = new URLSearchParams(request.body);
  const token = form.get('refresh_token');
  if (!token || form.get('grant_type') !== 'refresh_token') return undefined;
  const [scope, resources] = [form.get('scope'), form.getAll('resource')];
  return { token, client, scope, resources, jkt: await provenKey(request) };
}

/** Keeps the answer of every refresh for a moment and gives it to requests that lost the race for it. */
export function replayRefreshes(provider: Provider, replay: RefreshReplay): Middleware {
  const losers = new WeakMap<object, string>();
  const winners = new WeakMap<object, string>();
  provider.on('grant.error', (ctx, error) => {
    if (error instanceof JustUsed && ctx.oidc.client) losers.set(ctx.req, ctx.oidc.client.clientId);
  });
  provider.on('grant.success', (ctx) => {
    if (ctx.oidc.client) winners.set(ctx.req, ctx.oidc.client.clientId);
  });
  return async (ctx, next) => {
    await next();
    const won = winners.get(ctx.req);
    const client = won ?? losers.get(ctx.req);
    const request = client && (await refreshRequest(requestOf(ctx), client));
    if (!request) return;
    if (won) {
      await replay.keep(request, JSON.stringify(ctx.body)).catch((error: unknown) => {
        logger.warn('a refresh cannot be repeated', { error: String(error) });
      });
      return;
    }
    const answer = await replay.recall(request);
    if (answer === undefined) return;
    ctx.status = 200;
    ctx.type = 'application/json';
    ctx.body = answer;
  };
}
