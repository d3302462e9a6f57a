import * as z from 'zod';
import type { Item } from '../shared/table.ts';

/** An intent whose outcome was not read yet. */
export const openIntent = z.object({
  pk: z.string(),
  sk: z.string(),
  exchange: z.string(),
  /** ISO 8601: when a sweep last set about recording its outcome, and is not known to have done so. */
  claimedAt: z.string().optional(),
});

export type OpenIntent = z.output<typeof openIntent>;

/** By exchange, in order of time. */
export type OpenIntents = Map<string, OpenIntent>;

const linked = z.object({ type: z.string(), status: z.string().optional(), exchange: z.string() });

/** Milliseconds, by the records' own time: more than any function that records calls or changes may run. */
export const ANSWERED_WITHIN = 13 * 60_000;

const timeOf = (text: string): number => Date.parse(text.slice(0, 24));

/** Takes the next record in order of time: an intent opens its exchange, any other record of it closes it. */
export function follow(open: OpenIntents, item: Item): void {
  const { data } = linked.safeParse(item);
  if (!data) return;
  const { type, status, exchange } = data;
  const intends = type === 'intent' || (type === 'change' && status === 'intent');
  if (intends) open.set(exchange, { pk: item.pk, sk: item.sk, exchange });
  else open.delete(exchange);
}

/**
 * The intents that have no outcome although the records were read far enough beyond them. One that a sweep
 * claimed before waits until the records were read far enough beyond that: had it been recorded, it were closed.
 * @param position the sort key up to which records were read.
 */
export function overdue(open: OpenIntents, position: string): OpenIntent[] {
  const read = timeOf(position);
  return [...open.values()].filter(({ sk, claimedAt }) => read - timeOf(claimedAt ?? sk) >= ANSWERED_WITHIN);
}
