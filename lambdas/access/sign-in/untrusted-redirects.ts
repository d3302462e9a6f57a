import type { Middleware } from 'koa';
import type { errors, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { ClientApproval } from '../clients/client-approval.ts';
import { isLoopback } from '../clients/redirect-rules.ts';
import { applyResponse, requestOf } from '../http-bridge.ts';
import { errorPage } from './error-page.ts';

export interface UntrustedRedirectsOptions {
  provider: Provider;
  approval: ClientApproval;
  allowedRedirectUris: readonly string[];
}

function redirectOf(ctx: KoaContextWithOIDC): string {
  const asked: unknown = ctx.oidc.params?.redirect_uri ?? requestOf(ctx).query.get('redirect_uri');
  return typeof asked === 'string' ? asked : '';
}

/**
 * Anybody can publish a client, and with it an address that errors go to. An error in a request that nobody has
 * signed in for is therefore shown here, unless the deployment knows where it would lead: links to us must not send
 * people on to wherever the link's author likes (RFC 9700 section 4.11.2).
 */
export function keepFromUntrustedRedirects(options: UntrustedRedirectsOptions): Middleware {
  const { provider, approval, allowedRedirectUris } = options;
  const failed = new WeakMap<object, { ctx: KoaContextWithOIDC; error: errors.OIDCProviderError }>();
  provider.on('authorization.error', (ctx, error) => {
    if (ctx.oidc.route === 'authorization') failed.set(ctx.req, { ctx, error });
  });
  return async (ctx, next) => {
    await next();
    const found = failed.get(ctx.req);
    const client = found?.ctx.oidc.client;
    if (!found || !client) return;
    const uri = redirectOf(found.ctx);
    if (isLoopback(uri) || allowedRedirectUris.includes(uri) || (await approval.isKnown(client))) return;
    const { error, error_description } = found.error;
    ctx.remove('location');
    applyResponse(ctx, errorPage(400, error, error_description ?? 'The request cannot be served.'));
  };
}
