import * as z from 'zod';
import type { Item } from '../shared/table.ts';
import { type JobMessage, jobMessage, queueName } from './job.ts';
import type { Recurring } from './recurring.ts';

/** Longer than a tick can run: whoever finds the lease ended knows that nobody is at the work any more. */
const LEASE_SECONDS = 120;
const PREFIX = 'Work#';

const stored = z.object({
  queue: queueName,
  dueAt: z.iso.datetime(),
  everySeconds: z.number().int().positive(),
});

/** Work that is done over and over. */
export interface Work extends z.output<typeof stored> {
  pk: string;
  message: JobMessage;
}

export const partitionOf = (job: string): string => `${PREFIX}${job}`;

/** The work that an item describes; undefined for one that this version does not understand. */
export function readWork(item: Item): Work | undefined {
  const message = jobMessage.safeParse({ job: item.pk.slice(PREFIX.length) });
  const rest = stored.safeParse(item);
  return message.success && rest.success ? { pk: item.pk, message: message.data, ...rest.data } : undefined;
}

/** The item of work that is due from now on, in whole minutes, so that no tick comes a moment too early for it. */
export function firstItem({ job, queue, everySeconds }: Recurring, now: Date): Item {
  const minute = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  return {
    pk: partitionOf(job),
    sk: 'current',
    due: 'work',
    dueAt: minute.toISOString(),
    queue,
    everySeconds,
  };
}

/** Whether an item says something else about its queue and rate than this version does. */
export const isOutdated = (item: Item, { queue, everySeconds }: Recurring): boolean =>
  item.queue !== queue || item.everySeconds !== everySeconds;

/** Until when whoever takes work now has it. */
export const leaseEnd = (now: Date): string => new Date(now.getTime() + LEASE_SECONDS * 1000).toISOString();

/** The first time after now in the work's own rhythm; times that were missed are not made up for. */
export function nextDue({ dueAt, everySeconds }: Work, now: Date): string {
  const due = Date.parse(dueAt);
  const every = everySeconds * 1000;
  const steps = Math.max(1, Math.floor((now.getTime() - due) / every) + 1);
  return new Date(due + steps * every).toISOString();
}
