import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import type { AccessToken } from '../access/sessions/person.ts';
import type { Table } from '../shared/table.ts';

/** An unguessable value for a cookie or a state. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Secrets are keys of items by their hash only: reading the table signs nobody in. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('base64url');

const SESSION_SECONDS = 12 * 60 * 60;
const SIGN_IN_SECONDS = 10 * 60;
const now = () => Math.floor(Date.now() / 1000);

const signInItem = z.object({
  browser: z.string(),
  verifier: z.string(),
  /** The reference of the page to come back to. */
  back: z.string().optional(),
  ttl: z.number(),
});
const sessionItem = z.object({
  token: z.object({
    subject: z.string(),
    sid: z.string(),
    grantId: z.string(),
    clientId: z.string(),
    audience: z.string(),
    scopes: z.array(z.string()),
    expiresAt: z.number(),
  }),
  ttl: z.number(),
});

const sessionKey = (id: string) => ({ pk: `ConsoleSession#${hashOf(id)}`, sk: 'current' });
const signInKey = (state: string) => ({ pk: `ConsoleSignIn#${hashOf(state)}`, sk: 'current' });

/** Sign-ins under way and signed-in browsers. */
export class BrowserStore {
  readonly signInSeconds = SIGN_IN_SECONDS;
  readonly #identity: Table;

  constructor(identity: Table) {
    this.#identity = identity;
  }

  /**
   * Keeps what the way back needs, bound to the browser that holds `browser` in a cookie.
   * @param back the reference of the page to come back to; the start unless it is given.
   */
  async beginSignIn(state: string, browser: string, verifier: string, back?: string): Promise<void> {
    const item = { browser: hashOf(browser), verifier, back, ttl: now() + SIGN_IN_SECONDS };
    await this.#identity.putNew({ ...signInKey(state), ...item });
  }

  /** What was kept of a sign-in that this browser began, once; undefined for any other. */
  async finishSignIn(
    state: string,
    browser: string,
  ): Promise<{ verifier: string; back?: string | undefined } | undefined> {
    const key = signInKey(state);
    const { data } = signInItem.safeParse(await this.#identity.get(key));
    if (!data || data.ttl <= now() || data.browser !== hashOf(browser)) return undefined;
    const first = await this.#identity.delete(key, { expression: 'attribute_exists(pk)' });
    return first ? { verifier: data.verifier, back: data.back } : undefined;
  }

  /** @returns the id for the cookie and its life in seconds, which ends with the sign-in at the latest. */
  async beginSession(token: AccessToken, signInEndsAt: number): Promise<{ id: string; seconds: number }> {
    const id = newSecret();
    const seconds = Math.max(1, Math.min(SESSION_SECONDS, Math.floor(signInEndsAt) - now()));
    await this.#identity.putNew({
      ...sessionKey(id),
      token: { ...token, scopes: [...token.scopes] },
      person: token.subject,
      ttl: now() + seconds,
    });
    return { id, seconds };
  }

  async findSession(id: string): Promise<AccessToken | undefined> {
    const { data } = sessionItem.safeParse(await this.#identity.get(sessionKey(id)));
    return data && data.ttl > now() ? data.token : undefined;
  }

  async endSession(id: string): Promise<void> {
    await this.#identity.delete(sessionKey(id));
  }
}
