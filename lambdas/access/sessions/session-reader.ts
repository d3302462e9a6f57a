import { SallyportError } from '../../shared/errors.ts';
import type { Item, Table } from '../../shared/table.ts';
import { KeptReads } from './kept-reads.ts';
import { accessSessionKey, personKey, readAccessSession, readPerson } from './people-store.ts';
import type { AccessToken, ConnectedSession } from './person.ts';
import { beganSince, revocationsKey } from './revocations.ts';

export interface SessionReader {
  /**
   * The session and person behind a verified token.
   * @throws SallyportError `invalid_token` 401 when the session or the grant was revoked or has ended.
   */
  read(token: AccessToken): Promise<ConnectedSession>;
}

export interface SessionReaderOptions {
  /** How long a session is remembered, in ms: with 0, every read sees the tables as they are. */
  keepMs?: number;
  /** The wall clock in ms: a monotonic one may stand still while an execution environment is frozen. */
  clock?: () => number;
}

/** A revocation holds within a minute: half of it is for this memory, the other for looks at open streams. */
export const KEPT_MS = 30_000;

const ended = (message: string) =>
  new SallyportError('invalid_token', 401, message, { at: 'header Authorization' });

function alive(item: Item | undefined, nowSeconds: number): item is Item {
  return item !== undefined && !(typeof item.ttl === 'number' && item.ttl <= nowSeconds);
}

async function load(identity: Table, token: AccessToken, now: number): Promise<ConnectedSession> {
  const [grant, session, person, ofPerson, ofClient] = await Promise.all([
    identity.get({ pk: `Grant#${token.grantId}`, sk: 'current' }),
    identity.get(accessSessionKey(token.sid)),
    identity.get(personKey(token.subject)),
    identity.get(revocationsKey(token.subject)),
    identity.get(revocationsKey(token.clientId)),
  ]);
  if (
    !alive(grant, now) ||
    grant.person !== token.subject ||
    grant.clientId !== token.clientId ||
    !beganSince(grant, ofClient)
  )
    throw ended('Access for this application was revoked: connect it again.');
  if (!alive(session, now) || session.person !== token.subject || !person || !beganSince(session, ofPerson))
    throw ended('The sign-in has ended: sign in again.');
  const clientName = typeof grant.clientName === 'string' ? grant.clientName : undefined;
  const hosts = Array.isArray(grant.hosts)
    ? grant.hosts.filter((host) => typeof host === 'string')
    : undefined;
  return { ...readAccessSession(session, readPerson(person)), clientName, clientHosts: hosts };
}

/** Reads sessions with an in-memory copy, of at most 30 seconds: no I/O within that time. Refusals are not kept. */
export function createSessionReader(
  identity: Table,
  { keepMs = KEPT_MS, clock = Date.now }: SessionReaderOptions = {},
): SessionReader {
  const kept = new KeptReads<ConnectedSession>(keepMs, clock);
  return {
    async read(token) {
      const key = `${token.grantId} ${token.sid} ${token.subject} ${token.clientId}`;
      const now = clock() / 1000;
      const session = await kept.read(key, () => load(identity, token, now));
      if (session.expiresAt <= now) throw ended('The sign-in has ended: sign in again.');
      return session;
    },
  };
}
