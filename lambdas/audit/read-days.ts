import type { Item, Table } from '../shared/table.ts';
import { dayOf, partition, SHARDS } from './keys.ts';
import type { Found, Wanted, Window } from './read-window.ts';

/** Reads of the table for one page: a month of empty days and some, at most. */
const READS_PER_PAGE = 160;
/** Items to a read, at about 1 KB each. */
const ITEMS_PER_READ = 200;

/** The records of the window, newest first, from the partitions of its days. */
export async function readDays(audit: Table, today: string, wanted: Wanted): Promise<Found> {
  const { window, matches, limit } = wanted;
  const items: Item[] = [];
  let reads = READS_PER_PAGE;
  let position = window.below;
  const oldest = dayOf(window.from);
  // A cursor is the caller's word: it must not start a walk through days that are yet to come.
  for (let day = earlier(dayOf(window.below), today); day >= oldest; day = dayBefore(day)) {
    const shards = Array.from(
      { length: SHARDS },
      (_, shard) => new Shard(audit, partition(day, shard), window),
    );
    while (true) {
      const empty = shards.filter((shard) => shard.needsRead);
      if (reads < empty.length) return { items, position };
      reads -= empty.length;
      await Promise.all(empty.map((shard) => shard.read()));
      const item = takeNewest(shards);
      if (!item) break;
      position = item.sk;
      if (matches(item)) items.push(item);
      if (items.length === limit) return { items, position };
    }
    position = `${day}T00:00:00.000Z#`;
  }
  return { items, position: null };
}

/** One partition, read page by page from its newest end. */
class Shard {
  #items: Item[] = [];
  #after: Record<string, unknown> | undefined;
  #done = false;
  readonly #audit: Table;
  readonly #pk: string;
  readonly #window: Window;

  constructor(audit: Table, pk: string, window: Window) {
    this.#audit = audit;
    this.#pk = pk;
    this.#window = window;
  }

  get needsRead(): boolean {
    return this.#items.length === 0 && !this.#done;
  }

  get newest(): string {
    return this.#items.at(-1)?.sk ?? '';
  }

  take(): Item | undefined {
    return this.#items.pop();
  }

  async read(): Promise<void> {
    const { from, below } = this.#window;
    const page = await this.#audit.query({
      partition: { value: this.#pk },
      sort: { from, to: below },
      newestFirst: true,
      consistent: true,
      limit: ITEMS_PER_READ,
      ...(this.#after ? { after: this.#after } : {}),
    });
    this.#items = page.items.filter(({ sk }) => sk < below).reverse();
    this.#after = page.next;
    this.#done = page.next === undefined;
  }
}

function takeNewest(shards: readonly Shard[]): Item | undefined {
  let best: Shard | undefined;
  for (const shard of shards) if (shard.newest > (best?.newest ?? '')) best = shard;
  return best?.take();
}

const earlier = (a: string, b: string): string => (a < b ? a : b);

const dayBefore = (day: string): string => dayOf(new Date(Date.parse(day) - 86_400_000).toISOString());
