import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { AccessToken } from '../../lambdas/access/sessions/person.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { WATCH_MS } from '../../lambdas/portal/relay.ts';
import { AccessEnded, TimeLimits } from '../../lambdas/portal/time-limits.ts';
import { type Item, type Key, Table } from '../../lambdas/shared/table.ts';

/** What the documentation promises of a revocation. */
const PROMISED_MS = 60_000;
const SECOND = 1_000;

const token: AccessToken = {
  subject: 'p_1',
  sid: 's_1',
  grantId: 'g_1',
  clientId: 'client-1',
  audience: 'portal',
  scopes: ['mcp'],
  expiresAt: 0,
};
const person = { person: 'p_1', idp: 'cognito', subject: 'a', email: 'alice@example.com', groups: [] };

/** The items that a session rests on, without a network: the clock stands still unless a test moves it. */
class Items extends Table {
  readonly items = new Map<string, Record<string, unknown>>([
    ['Grant#g_1', { person: 'p_1', clientId: 'client-1' }],
    [
      'AccessSession#s_1',
      { sid: 's_1', person: 'p_1', authenticatedAt: 0, expiresAt: Number.MAX_SAFE_INTEGER },
    ],
    ['Person#p_1', person],
  ]);

  override async get({ pk, sk }: Key): Promise<Item | undefined> {
    const item = this.items.get(pk);
    return item && { pk, sk, ...item };
  }
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

describe('a session that ends', () => {
  it.each([
    ['its sign-in', (items: Items) => items.items.delete('AccessSession#s_1')],
    ['its connection', (items: Items) => items.items.delete('Grant#g_1')],
    ['everything of its person', (items: Items) => items.items.set('Revocations#p_1', { times: 1 })],
    [
      'everything of its application',
      (items: Items) => items.items.set('Revocations#client-1', { times: 1 }),
    ],
  ])(
    'by %s ends what is open and refuses what comes within a minute, at the worst moment',
    async (_by, end) => {
      for (let delay = 0; delay < WATCH_MS; delay += 5 * SECOND) {
        const items = new Items('identity');
        const sessions = createSessionReader(items);
        const limits = new TimeLimits(240_000, WATCH_MS, async () => void (await sessions.read(token)));
        await jest.advanceTimersByTimeAsync(delay);
        // Another call lets the session be remembered anew, just before it ends.
        await sessions.read(token);
        end(items);
        await jest.advanceTimersByTimeAsync(PROMISED_MS);
        expect(limits.signal.reason).toBeInstanceOf(AccessEnded);
        expect(limits.signal.reason).toMatchObject({ code: 401, status: 401 });
        await expect(sessions.read(token)).rejects.toMatchObject({ code: 'invalid_token', status: 401 });
        limits.clear();
      }
    },
  );

  it('is refused at once by a reader that remembers nothing, as the authorizer’s', async () => {
    const items = new Items('identity');
    const sessions = createSessionReader(items, { keepMs: 0 });
    await sessions.read(token);
    items.items.delete('AccessSession#s_1');
    await expect(sessions.read(token)).rejects.toMatchObject({ status: 401 });
  });
});
