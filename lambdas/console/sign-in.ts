import { isReference } from '../access/evidence/remedy-links.ts';
import type { SessionReader } from '../access/sessions/session-reader.ts';
import type { TokenVerifier } from '../access/tokens/verify-token.ts';
import { SallyportError } from '../shared/errors.ts';
import { cookie, type HttpRequest, type HttpResponse } from '../shared/http.ts';
import { type BrowserStore, newSecret } from './browser-store.ts';
import { sessionCookieName, setCookie, signInCookieName } from './cookies.ts';
import { checkForm } from './end-sessions.ts';
import { html } from './html.ts';
import { page } from './layout.ts';
import { type OwnIssuer, SignInRefused } from './own-issuer.ts';

export interface SignInOptions {
  origin: string;
  issuer: OwnIssuer;
  browsers: BrowserStore;
  tokens: TokenVerifier;
  sessions: SessionReader;
}

export const redirect = (location: string, cookies: string[]): HttpResponse => ({
  status: 303,
  headers: { location, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  cookies,
});

/** A secret of ours and nothing else, since it comes back in a header. */
const isSecret = (value: string | undefined): value is string => /^[\w-]{43}$/.test(value ?? '');

/** GET /console/sign-in: sends the browser to the authorization server; `?again` to be asked who it is. */
export async function beginSignIn(options: SignInOptions, request: HttpRequest): Promise<HttpResponse> {
  const { origin, issuer, browsers } = options;
  const name = signInCookieName(origin);
  // Several tabs may sign in at once: they share the browser's secret.
  const known = cookie(request, name);
  const browser = isSecret(known) ? known : newSecret();
  const state = newSecret();
  const { url, verifier } = await issuer.authorizationUrl(state, request.query.has('again'));
  const link = request.query.get('link');
  await browsers.beginSignIn(state, browser, verifier, isReference(link) ? link : undefined);
  return redirect(url, [setCookie(origin, name, browser, browsers.signInSeconds)]);
}

const expired = () =>
  new SallyportError(
    'invalid_callback',
    400,
    'This sign-in was begun in another browser, has been used already, or took too long. Sign in again.',
  );

function refusedPage(reason: string): HttpResponse {
  const body = html`<p class="note">${reason}</p>
<p><a class="button" href="/console/sign-in?again">Sign in as somebody else</a></p>`;
  return page({ status: 403, title: 'You are not signed in', body });
}

/** GET /console/callback: the way back from the authorization server, once, in the browser that began it. */
export async function finishSignIn(options: SignInOptions, request: HttpRequest): Promise<HttpResponse> {
  const { origin, issuer, browsers, tokens, sessions } = options;
  const browser = cookie(request, signInCookieName(origin));
  const state = request.query.get('state') ?? undefined;
  if (!isSecret(browser) || !isSecret(state)) throw expired();
  const begun = await browsers.finishSignIn(state, browser);
  if (begun === undefined) throw expired();
  const { verifier, back } = begun;
  try {
    const token = await tokens.verify(await issuer.redeem(request.query, state, verifier));
    const { expiresAt } = await sessions.read(token);
    const { id, seconds } = await browsers.beginSession(token, expiresAt);
    return redirect(back === undefined ? '/' : `/console/conditions?link=${back}`, [
      setCookie(origin, sessionCookieName(origin), id, seconds),
      setCookie(origin, signInCookieName(origin), '', 0),
    ]);
  } catch (error) {
    if (error instanceof SignInRefused) return refusedPage(error.message);
    throw error;
  }
}

/** POST /console/sign-out: forgets this browser. */
export async function signOut(options: SignInOptions, request: HttpRequest): Promise<HttpResponse> {
  const { origin } = options;
  const id = cookie(request, sessionCookieName(origin));
  if (isSecret(id)) checkForm(id, request);
  return forgetBrowser(options, id);
}

/** Sends a browser that is signed out back to the start. */
export async function forgetBrowser(
  { origin, browsers }: SignInOptions,
  id: string | undefined,
): Promise<HttpResponse> {
  if (isSecret(id)) await browsers.endSession(id);
  return redirect('/?signed-out', [setCookie(origin, sessionCookieName(origin), '', 0)]);
}
