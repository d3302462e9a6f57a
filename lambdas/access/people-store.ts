import * as z from 'zod';
import type { Item, Key, Table } from '../shared/table.ts';
import type { AccessSession, Person } from './person.ts';

export const personKey = (id: string): Key => ({ pk: `Person#${id}`, sk: 'current' });
export const accessSessionKey = (sid: string): Key => ({ pk: `AccessSession#${sid}`, sk: 'current' });

const personItem = z.object({
  person: z.string(),
  idp: z.string(),
  subject: z.string(),
  email: z.string(),
  name: z.string().optional(),
  groups: z.array(z.string()),
});

const sessionItem = z.object({
  sid: z.string(),
  person: z.string(),
  authenticatedAt: z.number(),
  expiresAt: z.number(),
});

/** @throws ZodError for an item that this module did not write. */
export function readPerson(item: Item): Person {
  const { person, name, ...rest } = personItem.parse(item);
  return { ...rest, id: person, name };
}

/** @throws ZodError for an item that this module did not write. */
export function readAccessSession(item: Item, person: Person): AccessSession {
  const { sid, authenticatedAt, expiresAt } = sessionItem.parse(item);
  return { sid, person, authenticatedAt, expiresAt };
}

/** Writes a person as the identity provider described them just now; the newest sign-in wins. */
export async function savePerson(identity: Table, { id, ...person }: Person): Promise<void> {
  await identity.put({ ...personKey(id), ...person, person: id, groups: [...person.groups] });
}

/** Writes a new session; its item vanishes when it ends. */
export async function saveAccessSession(identity: Table, session: AccessSession): Promise<void> {
  await identity.putNew({
    ...accessSessionKey(session.sid),
    sid: session.sid,
    person: session.person.id,
    authenticatedAt: session.authenticatedAt,
    expiresAt: session.expiresAt,
    ttl: session.expiresAt,
  });
}

/** The session as stored now, or undefined when it was revoked or has ended. */
export async function findAccessSession(identity: Table, sid: string): Promise<AccessSession | undefined> {
  const item = await identity.get(accessSessionKey(sid));
  if (!item) return undefined;
  const { person: id, expiresAt } = sessionItem.parse(item);
  if (expiresAt <= Date.now() / 1000) return undefined;
  const person = await identity.get(personKey(id));
  return person ? readAccessSession(item, readPerson(person)) : undefined;
}

export async function findPerson(identity: Table, id: string): Promise<Person | undefined> {
  const item = await identity.get(personKey(id));
  return item && readPerson(item);
}
