import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Item, Key, Table } from '../../shared/table.ts';
import { type AccessSession, type Person, plainEmail } from './person.ts';
import { beganSince, revocationsKey, revocationsOf } from './revocations.ts';

export const personKey = (id: string): Key => ({ pk: `Person#${id}`, sk: 'current' });
export const accessSessionKey = (sid: string): Key => ({ pk: `AccessSession#${sid}`, sk: 'current' });
/** Where the ids of those who signed in with an e-mail address are; hashed, since keys show up in logs. */
const emailPartition = (email: string): string =>
  `PersonEmail#${createHash('sha256').update(plainEmail(email)).digest('base64url')}`;

/** Names everybody who signed in, so that they can be listed. */
const PEOPLE = 'People';

const personItem = z.object({
  person: z.string(),
  idp: z.string(),
  subject: z.string(),
  email: z.string(),
  name: z.string().optional(),
  groups: z.array(z.string()).optional(),
  claims: z.record(z.string(), z.array(z.string())).optional(),
});

const sessionItem = z.object({
  sid: z.string(),
  person: z.string(),
  authenticatedAt: z.number(),
  expiresAt: z.number(),
  authenticationMethods: z.array(z.string()).optional(),
  device: z.object({ ip: z.string(), userAgent: z.string().optional() }).optional(),
});

/** @throws ZodError for an item that this module did not write. */
export function readPerson(item: Item): Person {
  const { person, name, groups, ...rest } = personItem.parse(item);
  return { ...rest, id: person, name, groups };
}

/** @throws ZodError for an item that this module did not write. */
export function readAccessSession(item: Item, person: Person): AccessSession {
  const { person: _, ...session } = sessionItem.parse(item);
  return { ...session, person };
}

/** Writes a person as the identity provider described them just now; the newest sign-in wins. */
export async function savePerson(identity: Table, { id, ...person }: Person): Promise<void> {
  await identity.put({ ...personKey(id), ...person, person: id });
  await identity.put({ pk: emailPartition(person.email), sk: id });
  await identity.put({ pk: PEOPLE, sk: id });
}

/** Writes a new session; its item vanishes when it ends. */
export async function saveAccessSession(identity: Table, session: AccessSession): Promise<void> {
  const revocations = await revocationsOf(identity, session.person.id);
  await identity.putNew({
    ...accessSessionKey(session.sid),
    sid: session.sid,
    person: session.person.id,
    authenticatedAt: session.authenticatedAt,
    expiresAt: session.expiresAt,
    authenticationMethods: session.authenticationMethods,
    device: session.device,
    revocations,
    ttl: session.expiresAt,
  });
}

/** The session as stored now, or undefined when it was revoked or has ended. */
export async function findAccessSession(identity: Table, sid: string): Promise<AccessSession | undefined> {
  const item = await identity.get(accessSessionKey(sid));
  return item && liveSession(identity, item);
}

/** The same of an item that was just read. */
export async function liveSession(identity: Table, item: Item): Promise<AccessSession | undefined> {
  const { person: id, expiresAt } = sessionItem.parse(item);
  if (expiresAt <= Date.now() / 1000) return undefined;
  const [person, revocations] = await Promise.all([
    identity.get(personKey(id)),
    identity.get(revocationsKey(id)),
  ]);
  return person && beganSince(item, revocations) ? readAccessSession(item, readPerson(person)) : undefined;
}

/** The grants that a session's item lists. */
export const grantsIn = (session: Item): string[] =>
  session.grants instanceof Set ? [...session.grants].filter((id) => typeof id === 'string') : [];

export async function findPerson(identity: Table, id: string): Promise<Person | undefined> {
  const item = await identity.get(personKey(id));
  return item && readPerson(item);
}

/** Those whose e-mail address this is: one person for each identity provider that vouches for it. */
export async function findPeopleByEmail(identity: Table, email: string): Promise<Person[]> {
  const { items } = await identity.query({ partition: { value: emailPartition(email) }, consistent: true });
  const people = await Promise.all(items.map(({ sk }) => findPerson(identity, sk)));
  return people.flatMap((person) => (person?.email === plainEmail(email) ? [person] : []));
}

/** A page of people, in the order of their ids. */
export interface PeoplePage {
  people: Person[];
  /** The id to go on after; null on the last page. */
  next: string | null;
}

/** At most `limit` of those who signed in, after the `next` of an earlier page. */
export async function listPeople(
  identity: Table,
  { limit, after }: { limit: number; after?: string | undefined },
): Promise<PeoplePage> {
  const { items, next } = await identity.query({
    partition: { value: PEOPLE },
    limit,
    ...(after === undefined ? {} : { after: { pk: PEOPLE, sk: after } }),
  });
  const people = await Promise.all(items.map(({ sk }) => findPerson(identity, sk)));
  return {
    people: people.flatMap((person) => person ?? []),
    next: typeof next?.sk === 'string' ? next.sk : null,
  };
}
