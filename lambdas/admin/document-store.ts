import * as z from 'zod';
import { type Kind, kindNames, kinds } from '../shared/documents/kinds.ts';
import type { Item, Table } from '../shared/table.ts';
import { transact, type Write } from '../shared/transaction.ts';
import { type Author, documentKey, type StoredDocument, type World } from './world.ts';

/** One document to write or, without `document`, to delete. */
export interface DocumentWrite {
  kind: Kind;
  id: string;
  before: StoredDocument | undefined;
  after: { document: StoredDocument['document']; hash: string } | undefined;
}

const stored = z.object({
  version: z.number(),
  hash: z.string(),
  updatedAt: z.string(),
  updatedBy: z.object({ id: z.string(), email: z.string() }),
});

/**
 * The one item that every change rewrites, on the condition that nobody did meanwhile: it orders the changes
 * and remembers the latest ones, which the index (eventually consistent) may not show yet.
 */
const HEAD = { pk: 'Configuration#head', sk: 'current' } as const;
const headItem = z.object({
  revision: z.number(),
  /** By `Kind#id`: the version written and when (epoch ms). */
  recent: z.record(z.string(), z.object({ version: z.number(), at: z.number() })),
});
type Head = z.output<typeof headItem>;

/** How long the index may lag behind, with a wide margin. */
const INDEX_LAG_MS = 120_000;

const current = (key: string) => ({ pk: key, sk: 'current' });
const versionKey = (version: number) => `v#${String(version).padStart(10, '0')}`;

function fromItem(kind: Kind, item: Item): StoredDocument {
  return { ...stored.parse(item), document: kinds[kind].schema.parse(item.document) };
}

const kindOfKey = (key: string) => kindNames.find((kind) => key.startsWith(`${kind}#`));

/** Configuration documents with their versions. */
export class DocumentStore {
  readonly #table: Table;

  constructor(policies: Table) {
    this.#table = policies;
  }

  async get(kind: Kind, id: string): Promise<StoredDocument | undefined> {
    const item = await this.#table.get(current(documentKey(kind, id)));
    return item && fromItem(kind, item);
  }

  /** Up to `limit` documents of a kind after an id, in the order of their ids, with the id to go on from. */
  async page(kind: Kind, limit: number, after?: string): Promise<{ items: StoredDocument[]; next?: string }> {
    const page = await this.#table.query({
      index: 'by-kind',
      partition: { attribute: 'kind', value: kind },
      limit,
      ...(after === undefined ? {} : { after: { kind, ...current(documentKey(kind, after)) } }),
    });
    const items = page.items.map((item) => fromItem(kind, item));
    const last = items.at(-1);
    return { items, ...(page.next && last ? { next: last.document.metadata.id } : {}) };
  }

  async #head(): Promise<Head> {
    const item = await this.#table.get(HEAD);
    return item ? headItem.parse(item) : { revision: 0, recent: {} };
  }

  /** Every document, at least as new as the revision it carries. */
  async load(): Promise<World> {
    const head = await this.#head();
    const documents = new Map<string, StoredDocument>();
    await Promise.all(kindNames.map((kind) => this.#loadKind(kind, documents)));
    await Promise.all(
      Object.entries(head.recent).map(async ([key, { version }]) => {
        const kind = kindOfKey(key);
        const shown = documents.get(key)?.version;
        if (!kind || (shown !== undefined && shown >= version)) return;
        const item = await this.#table.get(current(key));
        if (item) documents.set(key, fromItem(kind, item));
        else documents.delete(key);
      }),
    );
    return { revision: head.revision, documents };
  }

  async #loadKind(kind: Kind, documents: Map<string, StoredDocument>): Promise<void> {
    let next: Record<string, unknown> | undefined;
    do {
      const page = await this.#table.query({
        index: 'by-kind',
        partition: { attribute: 'kind', value: kind },
        ...(next ? { after: next } : {}),
      });
      for (const item of page.items) documents.set(item.pk, fromItem(kind, item));
      next = page.next;
    } while (next);
  }

  async #nextVersion(write: DocumentWrite): Promise<number> {
    if (write.before) return write.before.version + 1;
    const { items } = await this.#table.query({
      partition: { value: documentKey(write.kind, write.id) },
      sort: { prefix: 'v#' },
      limit: 1,
      newestFirst: true,
      consistent: true,
    });
    return items[0] ? stored.pick({ version: true }).parse(items[0]).version + 1 : 1;
  }

  /**
   * Writes all changes in one transaction, each with a new version.
   * @returns the versions in the order of the writes, or undefined when someone else changed the
   *   configuration since `revision` was read.
   */
  async commit(
    revision: number,
    writes: readonly DocumentWrite[],
    by: Author,
  ): Promise<number[] | undefined> {
    const now = new Date();
    const versions = await Promise.all(writes.map((write) => this.#nextVersion(write)));
    const transaction = writes.flatMap((write, index) => writesOf(write, versions[index] ?? 1, now, by));
    const head = await this.#head();
    if (head.revision !== revision) return undefined;
    const changed = writes.map(
      ({ kind, id }, index) => [documentKey(kind, id), versions[index] ?? 1] as const,
    );
    transaction.push(headWrite(head, changed, now));
    return (await transact(this.#table, transaction)) ? versions : undefined;
  }
}

function writesOf(write: DocumentWrite, version: number, now: Date, by: Author): Write[] {
  const { before, after } = write;
  const pk = documentKey(write.kind, write.id);
  const common = { version, updatedAt: now.toISOString(), updatedBy: by };
  const content = after ? { ...after } : { deleted: true };
  const condition = before
    ? { expression: '#v = :v', names: { '#v': 'version' }, values: { ':v': before.version } }
    : { expression: 'attribute_not_exists(pk)' };
  return [
    after
      ? { put: { ...current(pk), kind: write.kind, ...common, ...content }, condition }
      : { delete: current(pk), condition },
    {
      put: { pk, sk: versionKey(version), ...common, ...content },
      condition: { expression: 'attribute_not_exists(pk)' },
    },
  ];
}

function headWrite(head: Head, changed: readonly (readonly [string, number])[], now: Date): Write {
  const at = now.getTime();
  const kept = Object.entries(head.recent).filter(([, entry]) => at - entry.at < INDEX_LAG_MS);
  const added = changed.map(([key, version]) => [key, { version, at }] as const);
  return {
    put: { ...HEAD, revision: head.revision + 1, recent: Object.fromEntries([...kept, ...added]) },
    condition:
      head.revision === 0
        ? { expression: 'attribute_not_exists(pk)' }
        : { expression: 'revision = :r', values: { ':r': head.revision } },
  };
}
