import * as z from 'zod';
import type { Table } from '../shared/table.ts';
import { type OpenIntents, openIntent } from './open-intents.ts';

const KEY = { pk: 'Work#sweep-intents', sk: 'checkpoint' };

/** As many as fit into one item of the table with room to spare. */
const MOST_KEPT = 2000;

const stored = z.object({ revision: z.number(), position: z.string(), open: z.array(openIntent) });

/** How far the sweep is. */
export interface Progress {
  /** The sort key up to which records were read. */
  position: string;
  open: OpenIntents;
}

/** Keeps the sweep's progress in one item. Of sweeps that run at once only one can go on. */
export class SweepCheckpoint {
  readonly #policies: Table;
  readonly #mostKept: number;
  #revision = 0;

  constructor(policies: Table, mostKept = MOST_KEPT) {
    this.#policies = policies;
    this.#mostKept = mostKept;
  }

  /** Undefined before the first sweep. */
  async load(): Promise<Progress | undefined> {
    const item = await this.#policies.get(KEY);
    if (!item) return undefined;
    const { revision, position, open } = stored.parse(item);
    this.#revision = revision;
    return { position, open: new Map(open.map((intent) => [intent.exchange, intent])) };
  }

  /** What is kept of the progress: from the first intent that there is no room for, records are read once more. */
  kept({ position, open }: Progress): Progress {
    const kept = [...open].slice(0, this.#mostKept);
    const last = kept.at(-1)?.[1];
    return { position: last && kept.length < open.size ? last.sk : position, open: new Map(kept) };
  }

  /** False when another sweep saved its progress since this one loaded or saved its own. */
  async save(progress: Progress): Promise<boolean> {
    const { position, open } = this.kept(progress);
    const saved = await this.#policies.put(
      { ...KEY, revision: this.#revision + 1, position, open: [...open.values()] },
      {
        expression: 'attribute_not_exists(pk) OR #revision = :revision',
        names: { '#revision': 'revision' },
        values: { ':revision': this.#revision },
      },
    );
    if (saved) this.#revision++;
    return saved;
  }
}
