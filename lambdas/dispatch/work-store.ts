import type { Item, Table } from '../shared/table.ts';
import { firstItem, isOutdated, partitionOf, type Work } from './plan-work.ts';
import type { Recurring } from './recurring.ts';

/** What one tick takes at most, the longest due first; the rest waits for the next tick. */
const WORK_PER_TICK = 100;

/** When a tick last handed on everything that was due. It has no due time: it is no work. */
const LAST_TICK = { pk: 'Work#', sk: 'last-tick' } as const;

/** Scheduled work in the table `policies`. Work is taken by moving its due time, which also hides it from others. */
export class WorkStore {
  readonly #policies: Table;

  constructor(policies: Table) {
    this.#policies = policies;
  }

  /** Creates what is missing and corrects what an earlier version wrote differently; due times stay. */
  async ensure(recurring: readonly Recurring[], now: Date): Promise<void> {
    await Promise.all(
      recurring.map(async (each) => {
        const key = { pk: partitionOf(each.job), sk: 'current' };
        const item = await this.#policies.get(key, { consistent: false });
        if (!item) await this.#policies.putNew(firstItem(each, now));
        else if (isOutdated(item, each)) await this.#correct(key, each);
      }),
    );
  }

  async due(now: Date): Promise<Item[]> {
    const { items } = await this.#policies.query({
      index: 'by-due',
      partition: { attribute: 'due', value: 'work' },
      sort: { attribute: 'dueAt', from: '0', to: now.toISOString() },
      limit: WORK_PER_TICK,
    });
    return items;
  }

  /** Moves the due time; false when somebody else moved it in the meantime. */
  async postpone(work: Pick<Work, 'pk' | 'dueAt'>, dueAt: string): Promise<boolean> {
    return this.#policies.update(
      { pk: work.pk, sk: 'current' },
      { expression: 'SET dueAt = :next', values: { ':next': dueAt, ':seen': work.dueAt } },
      'dueAt = :seen',
    );
  }

  /** Notes that everything that was due at this time has been handed on. */
  async ticked(at: Date): Promise<void> {
    await this.#policies.put({ ...LAST_TICK, at: at.toISOString() });
  }

  /** ISO 8601; undefined when no tick has come to its end yet. */
  async lastTick(): Promise<string | undefined> {
    const item = await this.#policies.get(LAST_TICK);
    return typeof item?.at === 'string' ? item.at : undefined;
  }

  async #correct(key: { pk: string; sk: string }, { queue, everySeconds }: Recurring): Promise<void> {
    await this.#policies.update(
      key,
      {
        expression: 'SET #queue = :queue, everySeconds = :every',
        names: { '#queue': 'queue' },
        values: { ':queue': queue, ':every': everySeconds },
      },
      'attribute_exists(pk)',
    );
  }
}
