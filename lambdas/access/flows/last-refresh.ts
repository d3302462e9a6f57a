import type { Middleware } from 'koa';
import type { Provider } from 'oidc-provider';
import { logger } from '../../shared/logger.ts';
import type { Table } from '../../shared/table.ts';
import { itemKey } from '../item-key.ts';
import { nowSeconds } from '../lifetimes.ts';

/** Keeps with each grant when its application last came for new tokens: that is what shows a forgotten one. */
export function noteRefreshes(provider: Provider, identity: Table): Middleware {
  const refreshed = new WeakMap<object, string>();
  provider.on('grant.success', (ctx) => {
    const grant = ctx.oidc.entities.Grant?.jti;
    if (ctx.oidc.params?.grant_type === 'refresh_token' && grant) refreshed.set(ctx.req, grant);
  });
  return async (ctx, next) => {
    await next();
    const grant = refreshed.get(ctx.req);
    if (grant === undefined) return;
    const change = { expression: 'SET refreshedAt = :now', values: { ':now': nowSeconds() } };
    await identity
      .update(itemKey('Grant', grant), change, 'attribute_exists(pk)')
      .catch((error: unknown) => logger.warn('a refresh is not noted', { error: String(error) }));
  };
}
