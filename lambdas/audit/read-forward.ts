import type { Item, Table } from '../shared/table.ts';
import { dayOf, partition, SHARDS } from './keys.ts';

/** Items to a read, at about 1 KB each. */
const ITEMS_PER_READ = 500;

interface Stretch {
  /** Sort keys: exclusive, and from then on inclusive. */
  from: string;
  to: string;
  /** Reads of the table, at most. */
  reads: number;
}

/**
 * Shows every record of a stretch, oldest first over all partitions.
 * @returns the sort key up to which all were shown: `to`, or less when the reads did not suffice.
 */
export async function readForward(
  audit: Table,
  stretch: Stretch,
  see: (item: Item) => void,
): Promise<string> {
  const { from, to } = stretch;
  let { reads } = stretch;
  let position = from;
  if (from >= to) return position;
  for (let day = dayOf(from); day <= dayOf(to); day = dayAfter(day)) {
    const shards = Array.from({ length: SHARDS }, (_, n) => new Shard(audit, partition(day, n), from, to));
    while (true) {
      const empty = shards.filter((shard) => shard.needsRead);
      if (reads < empty.length) return position;
      reads -= empty.length;
      await Promise.all(empty.map((shard) => shard.read()));
      const item = takeOldest(shards);
      if (!item) break;
      position = item.sk;
      see(item);
    }
    position = `${dayAfter(day)}T00:00:00.000Z#`;
  }
  return to;
}

/** One partition, read page by page from its oldest end. */
class Shard {
  #items: Item[] = [];
  #next = 0;
  #after: Record<string, unknown> | undefined;
  #done = false;
  readonly #audit: Table;
  readonly #pk: string;
  readonly #from: string;
  readonly #to: string;

  constructor(audit: Table, pk: string, from: string, to: string) {
    this.#audit = audit;
    this.#pk = pk;
    this.#from = from;
    this.#to = to;
  }

  get needsRead(): boolean {
    return this.#next === this.#items.length && !this.#done;
  }

  get oldest(): string | undefined {
    return this.#items[this.#next]?.sk;
  }

  take(): Item | undefined {
    return this.#items[this.#next++];
  }

  async read(): Promise<void> {
    const page = await this.#audit.query({
      partition: { value: this.#pk },
      sort: { from: this.#from, to: this.#to },
      limit: ITEMS_PER_READ,
      ...(this.#after ? { after: this.#after } : {}),
    });
    this.#items = page.items.filter(({ sk }) => sk > this.#from);
    this.#next = 0;
    this.#after = page.next;
    this.#done = page.next === undefined;
  }
}

function takeOldest(shards: readonly Shard[]): Item | undefined {
  let best: Shard | undefined;
  for (const shard of shards) {
    if (shard.oldest !== undefined && (best?.oldest === undefined || shard.oldest < best.oldest))
      best = shard;
  }
  return best?.take();
}

const dayAfter = (day: string): string => dayOf(new Date(Date.parse(day) + 86_400_000).toISOString());
