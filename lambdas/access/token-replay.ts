import type { Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { logger } from '../shared/logger.ts';
import { requestOf } from './http-bridge.ts';
import { JustUsed } from './provider-store.ts';
import type { RefreshReplay } from './refresh-replay.ts';

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
    const [lost, won] = [losers.get(ctx.req), winners.get(ctx.req)];
    if (!lost && !won) return;
    const form = new URLSearchParams(requestOf(ctx).body);
    if (form.get('grant_type') !== 'refresh_token') return;
    if (won) {
      await replay.keep(form, won, JSON.stringify(ctx.body)).catch((error: unknown) => {
        logger.warn('a refresh cannot be repeated', { error: String(error) });
      });
      return;
    }
    const answer = lost === undefined ? undefined : await replay.recall(form, lost);
    if (answer === undefined) return;
    ctx.status = 200;
    ctx.type = 'application/json';
    ctx.body = answer;
  };
}
