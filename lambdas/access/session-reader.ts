import { SallyportError } from '../shared/errors.ts';
import type { Item, Table } from '../shared/table.ts';
import { accessSessionKey, personKey, readAccessSession, readPerson } from './people-store.ts';
import type { AccessToken, ConnectedSession } from './person.ts';

export interface SessionReader {
  /**
   * The session and person behind a verified token.
   * @throws SallyportError `invalid_token` 401 when the session or the grant was revoked or has ended.
   */
  read(token: AccessToken): Promise<ConnectedSession>;
}

/** With the authorizer's 60 s this keeps a revocation within its promise. */
const KEPT_MS = 30_000;
const KEPT_MOST = 5_000;

const ended = (message: string) =>
  new SallyportError('invalid_token', 401, message, { at: 'header Authorization' });

function alive(item: Item | undefined, nowSeconds: number): item is Item {
  return item !== undefined && !(typeof item.ttl === 'number' && item.ttl <= nowSeconds);
}

async function load(identity: Table, token: AccessToken, now: number): Promise<ConnectedSession> {
  const [grant, session, person] = await Promise.all([
    identity.get({ pk: `Grant#${token.grantId}`, sk: 'current' }),
    identity.get(accessSessionKey(token.sid)),
    identity.get(personKey(token.subject)),
  ]);
  if (!alive(grant, now) || grant.person !== token.subject || grant.clientId !== token.clientId)
    throw ended('Access for this application was revoked: connect it again.');
  if (!alive(session, now) || session.person !== token.subject || !person)
    throw ended('The sign-in has ended: sign in again.');
  const clientName = typeof grant.clientName === 'string' ? grant.clientName : undefined;
  return { ...readAccessSession(session, readPerson(person)), clientName };
}

/**
 * Reads sessions with an in-memory copy of at most 30 seconds: no I/O within that time. Refusals are not kept.
 * `clock` is the wall clock in ms: a monotonic one may stand still while an execution environment is frozen.
 */
export function createSessionReader(identity: Table, clock: () => number = Date.now): SessionReader {
  const kept = new Map<string, { at: number; session: Promise<ConnectedSession> }>();
  return {
    async read(token) {
      const key = `${token.grantId} ${token.sid} ${token.subject} ${token.clientId}`;
      const now = clock();
      const hit = kept.get(key);
      // A negative age is a clock that was set back: it says nothing.
      if (hit && now >= hit.at && now - hit.at < KEPT_MS) {
        const session = await hit.session;
        if (session.expiresAt <= now / 1000) throw ended('The sign-in has ended: sign in again.');
        return session;
      }
      if (kept.size >= KEPT_MOST) {
        for (const [old, { at }] of kept) if (now - at >= KEPT_MS) kept.delete(old);
        if (kept.size >= KEPT_MOST) kept.clear();
      }
      const session = load(identity, token, now / 1000);
      kept.set(key, { at: now, session });
      session.catch(() => {
        if (kept.get(key)?.session === session) kept.delete(key);
      });
      return session;
    },
  };
}
