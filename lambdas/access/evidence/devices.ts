import * as z from 'zod';
import type { Device } from '../../policy/decision.ts';
import { SallyportError } from '../../shared/errors.ts';
import type { Key, Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';

/** Devices of one person, and how long one is kept after its last report. */
export const MOST_DEVICES = 20;
const KEPT_SECONDS = 30 * 86_400;
const ATTEMPTS = 5;

const device = z.object({
  id: z.string(),
  reportedAt: z.number(),
  certificates: z.array(z.string()),
  checks: z.record(z.string(), z.boolean()),
});
const item = z.object({ devices: z.array(device), number: z.number() });

const devicesKey = (person: string): Key => ({ pk: `Devices#${person}`, sk: 'current' });

interface Kept {
  devices: Device[];
  /** Counts the changes. */
  number: number;
}

async function read(identity: Table, person: string): Promise<Kept> {
  const found = await identity.get(devicesKey(person));
  if (!found) return { devices: [], number: 0 };
  const { devices, number } = item.parse(found);
  const oldest = nowSeconds() - KEPT_SECONDS;
  return { devices: devices.filter(({ reportedAt }) => reportedAt > oldest), number };
}

/** A person's devices as they were last reported, those of the last 30 days. */
export const devicesOf = async (identity: Table, person: string): Promise<Device[]> =>
  (await read(identity, person)).devices;

/** Replaces a person's devices by what `change` makes of them; changes at the same moment follow each other. */
async function changeDevices(
  identity: Table,
  person: string,
  change: (devices: readonly Device[]) => Device[],
): Promise<Device[]> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const { devices: before, number } = await read(identity, person);
    const devices = change(before);
    const written = { ...devicesKey(person), devices, number: number + 1, ttl: nowSeconds() + KEPT_SECONDS };
    const kept = await identity.put(written, {
      expression: 'attribute_not_exists(pk) OR #number = :number',
      names: { '#number': 'number' },
      values: { ':number': number },
    });
    if (kept) return before;
  }
  throw new SallyportError('conflict', 409, 'The devices of this person are being changed. Try again.');
}

/**
 * Keeps the newest report of each device; of too many devices those that reported last.
 * @returns false for a report that is older than the one that is there.
 */
export async function reportDevice(identity: Table, person: string, reported: Device): Promise<boolean> {
  const isNewer = (known: Device) => known.id === reported.id && known.reportedAt > reported.reportedAt;
  const before = await changeDevices(identity, person, (devices) => {
    if (devices.some(isNewer)) return [...devices];
    const others = devices.filter(({ id }) => id !== reported.id);
    return [...others, reported].sort((a, b) => b.reportedAt - a.reportedAt).slice(0, MOST_DEVICES);
  });
  return !before.some(isNewer);
}

/** @returns false when the person has no such device. */
export async function removeDevice(identity: Table, person: string, id: string): Promise<boolean> {
  const before = await changeDevices(identity, person, (devices) => devices.filter((one) => one.id !== id));
  return before.some((one) => one.id === id);
}
