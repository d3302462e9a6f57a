import type { Actor, AuditWriter, Authentication } from '../../audit/record.ts';
import type { Table } from '../../shared/table.ts';
import { itemKey } from '../item-key.ts';
import { findAccessSession } from './people-store.ts';
import type { Person } from './person.ts';
import { type Ended, revokeClient, revokeGrant, revokePerson, revokeSession } from './revoke-sessions.ts';
import { signInBehind } from './standing-grant.ts';

/** Something that can be ended, before it is: as the audit tells it, and how it is done. */
export interface Revocation {
  activity: Extract<Authentication['activity'], 'revocation' | 'sign-out'>;
  what: string;
  end(): Promise<Ended>;
}

/** Ids of ours and of applications are shorter; a key of the table holds 2,048 bytes. */
const LONGEST_ID = 1_024;
const isId = (id: string): boolean => id !== '' && Buffer.byteLength(id) <= LONGEST_ID;
const isOf = (owner: Person | undefined, person: Person): boolean =>
  owner === undefined || owner.id === person.id;

/**
 * One sign-in. With an owner only theirs: anybody else's is answered like one that does not exist.
 * @returns undefined when there is nothing to end.
 */
export async function ofSession(
  identity: Table,
  sid: string,
  owner?: Person,
): Promise<Revocation | undefined> {
  const session = isId(sid) ? await findAccessSession(identity, sid) : undefined;
  if (!session || !isOf(owner, session.person)) return undefined;
  return {
    activity: owner ? 'sign-out' : 'revocation',
    what: `The sign-in ${sid} of ${session.person.email}`,
    end: () => revokeSession(identity, sid),
  };
}

/** One application's connection, in the same way. */
export async function ofGrant(identity: Table, gid: string, owner?: Person): Promise<Revocation | undefined> {
  const grant = isId(gid) ? await identity.get(itemKey('Grant', gid)) : undefined;
  const session = grant && (await signInBehind(identity, grant));
  if (!session || !isOf(owner, session.person)) return undefined;
  return {
    activity: 'revocation',
    what: `The connection ${gid} of ${session.person.email} with ${String(grant.clientId)}`,
    end: () => revokeGrant(identity, gid),
  };
}

/** Every connection of an application; undefined for one that nobody has connected and that is not registered. */
export async function ofClient(identity: Table, clientId: string): Promise<Revocation | undefined> {
  if (!isId(clientId)) return undefined;
  const [{ items }, registered] = await Promise.all([
    identity.query({
      index: 'by-client',
      partition: { attribute: 'clientId', value: clientId },
      sort: { attribute: 'pk', prefix: 'Grant#' },
      limit: 1,
    }),
    identity.get(itemKey('Client', clientId)),
  ]);
  if (items.length === 0 && !registered) return undefined;
  return {
    activity: 'revocation',
    what: `Every connection with ${clientId}`,
    end: () => revokeClient(identity, clientId),
  };
}

/** Everything of a person. */
export const ofPerson = (
  identity: Table,
  { id, email }: Person,
  activity: Revocation['activity'],
): Revocation => ({
  activity,
  what: `Every sign-in of ${email} (${id})`,
  end: () => revokePerson(identity, id),
});

/**
 * Ends something after it is recorded who did so.
 * @throws SallyportError `audit_unavailable` 503, and then nothing has ended.
 */
export async function carryOut(
  audit: Pick<AuditWriter, 'authentication'>,
  actor: Actor,
  revocation: Revocation,
): Promise<Ended> {
  const { activity, what } = revocation;
  await audit.authentication({ activity, actor, status: 'success', reason: `${what} was ended.` });
  try {
    return await revocation.end();
  } catch (error) {
    await audit.authentication({ activity, actor, status: 'failure', reason: `${what} may not have ended.` });
    throw error;
  }
}
