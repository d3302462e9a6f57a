import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import * as z from 'zod';

interface Entry {
  model: string;
  id: string;
  payload: AdapterPayload;
  expiresAt: number;
}

const stored = z.object({
  model: z.string(),
  id: z.string(),
  payload: z.custom<AdapterPayload>((value) => typeof value === 'object' && value !== null),
  expiresAt: z.number(),
});

/** Entries in memory, each with a file of its own, so that a sign-in goes on after a restart. */
class Entries {
  readonly #folder: string;
  readonly #entries = new Map<string, Entry>();

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(folder)) {
      if (!name.endsWith('.json')) continue;
      const entry = stored.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')));
      this.#entries.set(keyOf(entry), entry);
    }
  }

  put(entry: Entry): void {
    this.#entries.set(keyOf(entry), entry);
    const file = this.#fileOf(entry);
    writeFileSync(`${file}.new`, JSON.stringify(entry), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  delete(entry: Entry): void {
    this.#entries.delete(keyOf(entry));
    rmSync(this.#fileOf(entry), { force: true });
  }

  get(model: string, id: string): Entry | undefined {
    const entry = this.#entries.get(keyOf({ model, id }));
    return entry && this.find((each) => each === entry);
  }

  find(matches: (entry: Entry) => boolean): Entry | undefined {
    for (const entry of this.#entries.values()) {
      if (entry.expiresAt < Date.now()) this.delete(entry);
      else if (matches(entry)) return entry;
    }
    return undefined;
  }

  all(): Entry[] {
    return [...this.#entries.values()];
  }

  #fileOf(entry: Entry): string {
    return join(this.#folder, `${createHash('sha256').update(keyOf(entry)).digest('hex')}.json`);
  }
}

const keyOf = ({ model, id }: Pick<Entry, 'model' | 'id'>): string => `${model}#${id}`;

/** The provider's state, in a folder. One per user pool. */
export function signInState(folder: string): (model: string) => Adapter {
  const entries = new Entries(folder);
  return (model) => ({
    async upsert(id, payload, expiresIn) {
      entries.put({ model, id, payload, expiresAt: Date.now() + (expiresIn ?? 3600) * 1000 });
    },
    async find(id) {
      return entries.get(model, id)?.payload;
    },
    async findByUid(uid) {
      return entries.find((entry) => entry.model === model && entry.payload.uid === uid)?.payload;
    },
    async findByUserCode(userCode) {
      return entries.find((entry) => entry.model === model && entry.payload.userCode === userCode)?.payload;
    },
    async consume(id) {
      const entry = entries.get(model, id);
      if (!entry) return;
      entries.put({ ...entry, payload: { ...entry.payload, consumed: Math.floor(Date.now() / 1000) } });
    },
    async destroy(id) {
      const entry = entries.get(model, id);
      if (entry) entries.delete(entry);
    },
    async revokeByGrantId(grantId) {
      for (const entry of entries.all())
        if (entry.model === model && entry.payload.grantId === grantId) entries.delete(entry);
    },
  });
}
