import type { ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import { escapeHtml, type HttpResponse, htmlResponse } from '../../shared/http.ts';
import { applyResponse } from '../http-bridge.ts';
import { page } from './page.ts';

/** A page for an error that the application must not or cannot be told. */
export function errorPage(status: number, code: string, message: string): HttpResponse {
  const body = `<p>${escapeHtml(message)}</p>
<p>Close this page and start again in your application. If it happens again, tell your administrators:
<code>${escapeHtml(code)}</code></p>`;
  return htmlResponse(status, page('This sign-in cannot go on', body));
}

/** The library's `renderError`: its descriptions are public, its details are not. */
export function renderError(ctx: KoaContextWithOIDC, out: ErrorOut): void {
  applyResponse(
    ctx,
    errorPage(ctx.status, out.error, out.error_description ?? 'The request cannot be served.'),
  );
}
