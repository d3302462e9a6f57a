import type { AccessRequest } from '../iam/evaluate.ts';
import { serviceError } from './errors.ts';

/** What an account may use of one table in a second unless it asked for more, in units of reading and of writing. */
const ON_DEMAND_QUOTA = 40_000;
const READS = new Set(['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query', 'Scan']);
const WRITES = new Set(['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem']);

export type Direction = 'Read' | 'Write';
export type Throttled = (table: string, direction: Direction) => void;

/** Counts what is used of each table second by second; each item or query is one unit. */
export class Throughput {
  readonly #quota: number;
  readonly #throttled: Throttled;
  readonly #used = new Map<string, { second: number; units: number }>();

  constructor(throttled: Throttled = () => undefined, quota = ON_DEMAND_QUOTA) {
    this.#throttled = throttled;
    this.#quota = quota;
  }

  /** @throws StoreError ThrottlingException when a table has been used up for this second. */
  take(requests: readonly AccessRequest[]): void {
    for (const { action, resource } of requests) {
      const operation = action.replace('dynamodb:', '');
      const direction = READS.has(operation) ? 'Read' : WRITES.has(operation) ? 'Write' : undefined;
      const table = /:table\/([^/]+)/.exec(resource)?.[1];
      if (direction && table !== undefined) this.#takeOne(table, direction);
    }
  }

  #takeOne(table: string, direction: Direction): void {
    const key = `${direction} ${table}`;
    const second = Math.floor(performance.now() / 1000);
    const last = this.#used.get(key);
    const units = last?.second === second ? last.units + 1 : 1;
    this.#used.set(key, { second, units });
    if (units <= this.#quota) return;
    this.#throttled(table, direction);
    throw serviceError(
      'ThrottlingException',
      'Throughput exceeds the current capacity of your table or index.',
    );
  }
}
