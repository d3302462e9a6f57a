import { ADMIN_SCOPE, PORTAL_SCOPE, resourcesOf } from '../lambdas/shared/origin.ts';
import { signInWithBrowser } from './browser-sign-in.ts';
import { Failure } from './failure.ts';
import { signInHeadless } from './headless-sign-in.ts';
import { beginAuthorization, discover, redeem, renew, type Target, type Tokens } from './oauth.ts';
import type { TokenStore } from './token-store.ts';

export const adminOf = (url: string): Target => ({ resource: resourcesOf(url).admin, scope: ADMIN_SCOPE });
export const portalOf = (url: string): Target => ({ resource: resourcesOf(url).portal, scope: PORTAL_SCOPE });

/** Registered for the command line; a loopback redirect may add any port. */
const REDIRECT_URI = 'http://127.0.0.1/callback';

/** How a person signs in. */
export interface SignInOptions {
  /** A seeded person of the embedded cloud, instead of a browser. */
  person?: string | undefined;
  openBrowser: boolean;
  /** Where the sign-in address is shown. */
  say(text: string): void;
}

/** Signs a person in for one resource of a deployment. */
export async function signIn(url: string, target: Target, options: SignInOptions): Promise<Tokens> {
  const server = await discover(url);
  if (options.person !== undefined) {
    const authorization = await beginAuthorization(server, target, REDIRECT_URI);
    const { url: authorizationUrl, redirectUri } = authorization;
    const callback = await signInHeadless({ authorizationUrl, redirectUri, person: options.person });
    return redeem(server, authorization, callback, target);
  }
  const { authorization, callback } = await signInWithBrowser({
    begin: (redirectUri) => beginAuthorization(server, target, redirectUri),
    announce: (address) => options.say(`Sign in with your browser:\n\n  ${address}\n`),
    open: options.openBrowser,
  });
  return redeem(server, authorization, callback, target);
}

/** A token that is about to expire would fail on its way. */
const MARGIN_SECONDS = 30;

const isFresh = ({ expiresAt }: Tokens) => expiresAt - MARGIN_SECONDS > Date.now() / 1000;

/** The tokens kept for a resource, renewed when they are old; undefined when the person must sign in. */
export async function keptTokens(
  store: TokenStore,
  url: string,
  target: Target,
): Promise<Tokens | undefined> {
  const kept = await store.get(url, target.resource);
  if (!kept || isFresh(kept)) return kept;
  if (!kept.refreshToken) return undefined;
  const renewed = await renew(await discover(url), kept.refreshToken, target);
  if (renewed) {
    await store.put(url, target.resource, renewed);
    return renewed;
  }
  // Another command may have renewed them meanwhile.
  const now = await store.get(url, target.resource);
  return now && isFresh(now) ? now : undefined;
}

/** @throws Failure that says how to sign in. */
export async function adminToken(store: TokenStore, url: string): Promise<string> {
  const tokens = await keptTokens(store, url, adminOf(url));
  if (tokens) return tokens.accessToken;
  throw new Failure(`You are not signed in to ${url}. Run: sallyport login`);
}
