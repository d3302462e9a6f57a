import * as z from 'zod';
import type { Item, Key, Table } from '../../shared/table.ts';
import { itemKey } from '../item-key.ts';
import { deviceLabel } from './device-label.ts';
import { accessSessionKey, grantsIn, liveSession } from './people-store.ts';
import type { AccessSession } from './person.ts';
import { beganSince, revocationsKey } from './revocations.ts';
import { signInBehind } from './standing-grant.ts';

const time = z.iso.datetime();

/** An application that a person connected in a sign-in. */
const application = z.object({
  /** What ends this connection alone. */
  grant: z.string(),
  client: z.string(),
  name: z.string().optional(),
  host: z.string().optional(),
  grantedAt: time.optional(),
  refreshedAt: time.optional(),
});
export type Application = z.output<typeof application>;

/** One sign-in with what rests on it. */
export const listedSession = z.object({
  id: z.string(),
  person: z.object({ id: z.string(), email: z.string(), name: z.string().optional() }),
  device: z.object({ label: z.string(), ip: z.string().optional(), userAgent: z.string().optional() }),
  signedInAt: time,
  expiresAt: time,
  applications: z.array(application),
});
export type ListedSession = z.output<typeof listedSession>;

export interface SessionPage {
  items: ListedSession[];
  /** The key to go on after; null on the last page. */
  next: string | null;
}

/** At most `limit` index entries, after the `next` of an earlier page. */
export interface PageRequest {
  limit: number;
  after?: string | undefined;
}

/** The sign-in of whoever asks: the index may not name it yet, and its absence would surprise. */
interface Asking {
  current?: string | undefined;
}

const toTime = (seconds: unknown): string | undefined =>
  typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : undefined;
const toText = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

function toApplication(grant: Item): Application {
  return {
    grant: grant.pk.slice('Grant#'.length),
    client: String(grant.clientId),
    name: toText(grant.clientName),
    host: toText(grant.host),
    grantedAt: toTime(grant.grantedAt),
    refreshedAt: toTime(grant.refreshedAt),
  };
}

function toListed(session: AccessSession, applications: Application[]): ListedSession {
  const { id, email, name } = session.person;
  return {
    id: session.sid,
    person: { id, email, name },
    device: { label: deviceLabel(session.device), ...session.device },
    signedInAt: new Date(session.authenticatedAt * 1000).toISOString(),
    expiresAt: new Date(session.expiresAt * 1000).toISOString(),
    applications,
  };
}

const newestFirst = (sessions: ListedSession[]): ListedSession[] =>
  sessions.toSorted((a, b) => b.signedInAt.localeCompare(a.signedInAt));

async function indexPage(
  identity: Table,
  by: { index: string; attribute: string; value: string; prefix: string },
  { limit, after }: PageRequest,
): Promise<{ keys: Item[]; next: string | null }> {
  const { items, next } = await identity.query({
    index: by.index,
    partition: { attribute: by.attribute, value: by.value },
    sort: { attribute: 'pk', prefix: by.prefix },
    limit,
    ...(after ? { after: { [by.attribute]: by.value, pk: `${by.prefix}${after}`, sk: 'current' } } : {}),
  });
  return { keys: items, next: typeof next?.pk === 'string' ? next.pk.slice(by.prefix.length) : null };
}

/** Reads sessions with their applications; what several of them need is read once. */
class SessionDetails {
  readonly #identity: Table;
  readonly #ofClients = new Map<string, Promise<Item | undefined>>();

  constructor(identity: Table) {
    this.#identity = identity;
  }

  async read({ pk, sk }: Key): Promise<ListedSession | undefined> {
    const item = await this.#identity.get({ pk, sk });
    const session = item && (await liveSession(this.#identity, item));
    if (!session) return undefined;
    const applications = await Promise.all(grantsIn(item).map((id) => this.#application(id)));
    return toListed(
      session,
      applications.flatMap((one) => one ?? []),
    );
  }

  async #application(grantId: string): Promise<Application | undefined> {
    const grant = await this.#identity.get(itemKey('Grant', grantId));
    if (typeof grant?.clientId !== 'string') return undefined;
    const known = this.#ofClients.get(grant.clientId) ?? this.#identity.get(revocationsKey(grant.clientId));
    this.#ofClients.set(grant.clientId, known);
    return beganSince(grant, await known) ? toApplication(grant) : undefined;
  }
}

/**
 * A person's sessions with all their applications, newest first within a page. The index names a session a moment after
 * its sign-in; whether one that it names is still there is always read from the table itself.
 */
export async function listSessionsOfPerson(
  identity: Table,
  personId: string,
  request: PageRequest & Asking,
): Promise<SessionPage> {
  const by = { index: 'by-person', attribute: 'person', value: personId, prefix: 'AccessSession#' };
  const { keys, next } = await indexPage(identity, by, request);
  const own = request.current === undefined ? undefined : accessSessionKey(request.current);
  // It comes first, and therefore not again on the page where the index has it.
  const others = keys.filter(({ pk }) => pk !== own?.pk);
  const wanted = own && !request.after ? [own, ...others] : others;
  const details = new SessionDetails(identity);
  const sessions = await Promise.all(wanted.map((key) => details.read(key)));
  return { items: newestFirst(sessions.flatMap((session) => session ?? [])), next };
}

/** Everybody's sessions in which an application is connected, showing that application alone. */
export async function listSessionsOfClient(
  identity: Table,
  clientId: string,
  request: PageRequest,
): Promise<SessionPage> {
  const by = { index: 'by-client', attribute: 'clientId', value: clientId, prefix: 'Grant#' };
  const { keys, next } = await indexPage(identity, by, request);
  const sessions = new Map<string, ListedSession>();
  const found = await Promise.all(
    keys.map(async ({ pk, sk }) => {
      const grant = await identity.get({ pk, sk });
      const session = grant && (await signInBehind(identity, grant));
      return session ? { session, application: toApplication(grant) } : undefined;
    }),
  );
  for (const one of found) {
    if (!one) continue;
    const known = sessions.get(one.session.sid);
    if (known) known.applications.push(one.application);
    else sessions.set(one.session.sid, toListed(one.session, [one.application]));
  }
  return { items: newestFirst([...sessions.values()]), next };
}
