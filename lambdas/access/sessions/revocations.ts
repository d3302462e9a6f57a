import type { Item, Key, Table } from '../../shared/table.ts';

/**
 * How often everything of a person or of a client was ended. A session keeps its person's number from the sign-in, a
 * grant its client's from the consent; either has ended once the number is another one. Counting needs no clock that
 * several machines agree on, and no index that lists what there is to end.
 */
export const revocationsKey = (id: string): Key => ({ pk: `Revocations#${id}`, sk: 'current' });

/** The number in such an item; nothing was ended where there is none. */
export const timesIn = (item: Item | undefined): number => (typeof item?.times === 'number' ? item.times : 0);

/** Whether a session or grant began after the last time that everything of its person or client was ended. */
export const beganSince = (begun: Item, revocations: Item | undefined): boolean =>
  (typeof begun.revocations === 'number' ? begun.revocations : 0) === timesIn(revocations);

export async function revocationsOf(identity: Table, id: string): Promise<number> {
  return timesIn(await identity.get(revocationsKey(id)));
}

/** Ends all that began so far, at once. */
export async function endAllOf(identity: Table, id: string): Promise<void> {
  await identity.update(revocationsKey(id), {
    expression: 'ADD #times :one',
    names: { '#times': 'times' },
    values: { ':one': 1 },
  });
}
