import type { Table } from '../../shared/table.ts';
import { itemKey } from '../item-key.ts';
import { accessSessionKey, grantsIn } from './people-store.ts';
import { endAllOf } from './revocations.ts';

/**
 * What a revocation ended. Refresh tokens, codes and browsers' sessions are not listed: each rests on one of these, and
 * is refused without it.
 */
export interface Ended {
  /** Sign-ins, by `sid`. */
  sessions: string[];
  /** Applications' connections, by grant id. */
  grants: string[];
}

const EXISTS = { expression: 'attribute_exists(pk)' };

/** The index lists keys a moment late: whoever must not miss one ends them all by their number first. */
type Listing = { index: 'by-person'; attribute: 'person' } | { index: 'by-client'; attribute: 'clientId' };
const OF_PERSON = { index: 'by-person', attribute: 'person' } as const;
const OF_CLIENT = { index: 'by-client', attribute: 'clientId' } as const;

/** Deletes a person's or client's items of one model, page by page; returns the ids of those that were there. */
async function clear(
  identity: Table,
  { index, attribute }: Listing,
  value: string,
  model: 'AccessSession' | 'Grant',
): Promise<string[]> {
  const ended: string[] = [];
  let after: Record<string, unknown> | undefined;
  do {
    const page = await identity.query({
      index,
      partition: { attribute, value },
      sort: { attribute: 'pk', prefix: `${model}#` },
      limit: 100,
      ...(after ? { after } : {}),
    });
    const deleted = await Promise.all(page.items.map(({ pk, sk }) => identity.delete({ pk, sk }, EXISTS)));
    ended.push(...page.items.filter((_, at) => deleted[at]).map(({ pk }) => pk.slice(model.length + 1)));
    after = page.next;
  } while (after);
  return ended;
}

/** Ends one application's connection: its tokens are refused from now on. */
export async function revokeGrant(identity: Table, gid: string): Promise<Ended> {
  const ended = await identity.delete(itemKey('Grant', gid), EXISTS);
  return { sessions: [], grants: ended ? [gid] : [] };
}

/** Ends one sign-in with all that rests on it. */
export async function revokeSession(identity: Table, sid: string): Promise<Ended> {
  const session = await identity.get(accessSessionKey(sid));
  if (!session || !(await identity.delete(accessSessionKey(sid), EXISTS)))
    return { sessions: [], grants: [] };
  const cleared = await Promise.all(grantsIn(session).map((gid) => revokeGrant(identity, gid)));
  return { sessions: [sid], grants: cleared.flatMap(({ grants }) => grants) };
}

/** Ends every connection of one application, whoever made it. */
export async function revokeClient(identity: Table, clientId: string): Promise<Ended> {
  await endAllOf(identity, clientId);
  return { sessions: [], grants: await clear(identity, OF_CLIENT, clientId, 'Grant') };
}

/** Signs a person out everywhere, of sessions that no index lists yet too. */
export async function revokePerson(identity: Table, personId: string): Promise<Ended> {
  await endAllOf(identity, personId);
  const sessions = await clear(identity, OF_PERSON, personId, 'AccessSession');
  return { sessions, grants: await clear(identity, OF_PERSON, personId, 'Grant') };
}
