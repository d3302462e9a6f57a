import type { Item, Table } from '../../shared/table.ts';
import { findAccessSession } from './people-store.ts';
import type { AccessSession } from './person.ts';
import { beganSince, revocationsKey } from './revocations.ts';

/**
 * The sign-in that a grant, as it is stored, rests on; undefined when either was ended: by itself, with everything of
 * its person, or with everything of its client.
 */
export async function signInBehind(identity: Table, grant: Item): Promise<AccessSession | undefined> {
  const { sid, clientId, person } = grant;
  if (typeof sid !== 'string' || typeof clientId !== 'string') return undefined;
  const [session, ofClient] = await Promise.all([
    findAccessSession(identity, sid),
    identity.get(revocationsKey(clientId)),
  ]);
  return beganSince(grant, ofClient) && session?.person.id === person ? session : undefined;
}
