/**
 * The records of a day are spread over this many partitions: each takes 1,000 writes/s of 1 KB, together
 * what a new on-demand table takes (4,000). More would cost every listing more reads.
 */
export const SHARDS = 4;

export const dayOf = (time: string): string => time.slice(0, 10);

export const partition = (day: string, shard: number): string => `${day}#${shard}`;

/** ISO time in UTC with milliseconds, then the id: text order is order of time. */
export const sortKey = (time: string, id: string): string => `${time}#${id}`;

const SORT_KEY = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z)#([\w-]+)$/;

/** The parts of a sort key; undefined when it is none. */
export function readSortKey(sk: string): { time: string; id: string } | undefined {
  const [, time, id] = SORT_KEY.exec(sk) ?? [];
  return time !== undefined && id !== undefined ? { time, id } : undefined;
}
