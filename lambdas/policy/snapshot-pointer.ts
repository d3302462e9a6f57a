import * as z from 'zod';
import type { Table } from '../shared/table.ts';

const pointer = z.object({ version: z.string().nullable(), number: z.int().min(1), updatedAt: z.string() });

/** Which snapshot of a portal is in force; a null version means that none is. */
export type SnapshotPointer = z.output<typeof pointer>;

const keyOf = (portalId: string) => ({ pk: `Snapshot#${portalId}`, sk: 'current' });

/** A consistent read; undefined when the portal never had a snapshot. */
export async function readPointer(policies: Table, portalId: string): Promise<SnapshotPointer | undefined> {
  const item = await policies.get(keyOf(portalId), { consistent: true });
  return item && pointer.parse(item);
}

/**
 * Moves the pointer if it still has the number that the caller saw (0: there was none). The number goes up
 * with every move, also back to an earlier content, so that a publisher who slept in between is found out.
 * @returns false when someone else moved it.
 */
export async function movePointer(
  policies: Table,
  portalId: string,
  seen: number,
  version: string | null,
): Promise<boolean> {
  const item = { ...keyOf(portalId), version, number: seen + 1, updatedAt: new Date().toISOString() };
  return policies.put(
    item,
    seen === 0
      ? { expression: 'attribute_not_exists(pk)' }
      : { expression: '#n = :seen', names: { '#n': 'number' }, values: { ':seen': seen } },
  );
}
