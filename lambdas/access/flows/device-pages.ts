import type { Client, ErrorOut, KoaContextWithOIDC } from 'oidc-provider';
import * as z from 'zod';
import { escapeHtml, type HttpResponse, htmlResponse } from '../../shared/http.ts';
import { applyResponse, requestOf } from '../http-bridge.ts';
import { page } from '../sign-in/page.ts';

/** What the address that a device shows may carry its code in; the library would submit it by a script. */
export const PREFILLED_CODE = 'prefilled';

const ACTION = '/oauth/device';
const LONGEST_CODE = 32;

const sessionState = z.object({ secret: z.string() });
const device = z.object({ ip: z.string().optional(), userAgent: z.string().optional() });

/** The library's token against forged forms; it is in the browser's session. */
const formSecret = (ctx: KoaContextWithOIDC): string => sessionState.parse(ctx.oidc.session?.state).secret;

const hidden = (name: string, value: string): string =>
  `<input type="hidden" name="${name}" value="${escapeHtml(value)}">`;

const WHY: Readonly<Record<string, string>> = {
  NotFoundError: 'There is no such code. Look at it again.',
  NoCodeError: 'Enter the code first.',
  ExpiredError: 'The code has expired. Let the device show another one.',
  AlreadyUsedError: 'The code was used already. Let the device show another one.',
  AbortedError: 'The device was not connected. You may close this page.',
};

const note = (text: string): string => `<p class="note">${escapeHtml(text)}</p>`;

/** The library's `userCodeInputSource`: where a person enters the code, again after a wrong one. */
export async function askForCode(
  ctx: KoaContextWithOIDC,
  _form: string,
  out?: ErrorOut,
  error?: { name: string },
): Promise<void> {
  const prefilled = requestOf(ctx).query.get(PREFILLED_CODE)?.slice(0, LONGEST_CODE) ?? '';
  const fault = error && (WHY[error.name] ?? out?.error_description ?? 'The device cannot be connected.');
  const body = `<p>Enter the code that your device shows. Never enter a code that somebody sent you:
whoever has it would get in as you.</p>
${fault ? note(fault) : ''}
<form method="post" action="${ACTION}">
${hidden('xsrf', formSecret(ctx))}
<input type="text" name="user_code" value="${escapeHtml(prefilled)}" maxlength="${LONGEST_CODE}" aria-label="Code" autocomplete="off" autofocus required>
<button class="main" type="submit">Continue</button>
</form>`;
  applyResponse(
    ctx,
    htmlResponse(fault && error?.name !== 'AbortedError' ? 400 : 200, page('Connect a device', body)),
  );
}

/** The library's `userCodeConfirmSource`: which application is about to be connected, and from where it asks. */
export async function askToConfirm(
  ctx: KoaContextWithOIDC,
  _form: string,
  client: Client,
  deviceInfo: unknown,
  userCode: string,
): Promise<void> {
  const { ip, userAgent } = device.parse(deviceInfo ?? {});
  const body = `<p>Go on only if this is the code on a device in front of you.</p>
<dl>
<dt>Code</dt><dd><strong>${escapeHtml(userCode)}</strong></dd>
<dt>Application</dt><dd>${escapeHtml(client.clientName ?? client.clientId)}</dd>
<dt>Asked from</dt><dd>${escapeHtml(ip ?? 'an unknown address')}<br>${escapeHtml(userAgent ?? '')}</dd>
</dl>
<form method="post" action="${ACTION}">
${hidden('xsrf', formSecret(ctx))}${hidden('user_code', userCode)}
<button class="main" type="submit" name="confirm" value="yes">This is my device</button>
<button type="submit" name="abort" value="yes">It is not</button>
</form>`;
  applyResponse(ctx, htmlResponse(200, page('Is this your device?', body)));
}

/** The library's `successSource`. */
export async function showConnected(ctx: KoaContextWithOIDC): Promise<void> {
  const name = ctx.oidc.client?.clientName ?? 'The application';
  const body = `<p>${escapeHtml(name)} on your device goes on by itself. You may close this page.</p>`;
  applyResponse(ctx, htmlResponse(200, page('Connected', body)));
}

/**
 * A page that leads on where a form's answer would have been a redirect: browsers hold every address that follows a
 * form to the page's policy, and where people sign in cannot be named there.
 */
export function leadOn({ headers, cookies }: HttpResponse): HttpResponse {
  const location = headers?.location ?? '/';
  const body = `<meta http-equiv="refresh" content="0;url=${escapeHtml(location)}">
<p><a href="${escapeHtml(location)}">Go on to sign in</a></p>`;
  return htmlResponse(200, page('One moment', body), { cookies: [...(cookies ?? [])] });
}
