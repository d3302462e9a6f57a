import { hash } from 'node:crypto';
import * as z from 'zod';
import type { ServerCatalog } from '../policy/catalog.ts';
import type { RawDefinition } from '../policy/snapshot.ts';
import { contentHash } from '../shared/canonical-json.ts';
import type { Item, Table } from '../shared/table.ts';
import { batchWrite } from '../shared/transaction.ts';

/** How the last sync of a server went, and what the catalog in use holds. */
export const serverStatus = z.object({
  sync: z.enum(['never', 'synced', 'failed']),
  /** Why the last sync failed; the catalog of the one before stays in use. */
  message: z.string().optional(),
  era: z.enum(['modern', 'legacy']).optional(),
  tools: z.number(),
  prompts: z.number(),
  resources: z.number(),
  resourceTemplates: z.number(),
  /** ISO 8601: when the catalog in use was read. */
  syncedAt: z.string().optional(),
});
export type ServerStatus = z.output<typeof serverStatus>;

const NEVER: ServerStatus = { sync: 'never', tools: 0, prompts: 0, resources: 0, resourceTemplates: 0 };

/** The lists of a catalog, the sort keys of their items and the member that identifies a definition. */
const LISTS = [
  { list: 'tools', prefix: 'tool#', key: 'name' },
  { list: 'prompts', prefix: 'prompt#', key: 'name' },
  { list: 'resources', prefix: 'resource#', key: 'uri' },
  { list: 'resourceTemplates', prefix: 'template#', key: 'uriTemplate' },
] as const;

const definition = z.record(z.string(), z.unknown());
const definitionItem = z.object({ definition: z.string() });
const declarationItem = z.object({
  status: serverStatus,
  /** The server's own declaration as JSON text; absent before the first successful sync. */
  declared: z.string().optional(),
});
const declaration = z.object({ capabilities: definition, instructions: z.string().optional() });

const declarationKey = (serverId: string) => ({ pk: serverId, sk: 'server#current' });

/** Sort keys hold 1024 bytes at most; a longer name stands there by its hash. */
function sortKey(prefix: string, name: string): string {
  return Buffer.byteLength(name) <= 900 ? prefix + name : `${prefix}sha256:${hash('sha256', name)}`;
}

/** Definitions are kept as JSON text, so that every member and number survives as the server wrote it. */
function definitionItems(serverId: string, catalog: ServerCatalog): Map<string, Item> {
  const items = new Map<string, Item>();
  for (const { list, prefix, key } of LISTS) {
    for (const raw of catalog[list]) {
      const name = raw[key];
      if (typeof name !== 'string') continue;
      const sk = sortKey(prefix, name);
      items.set(sk, { pk: serverId, sk, definition: JSON.stringify(raw), hash: contentHash(raw) });
    }
  }
  return items;
}

/** What each server said about itself when it was last synced. */
export class CatalogStore {
  readonly #table: Table;

  constructor(catalog: Table) {
    this.#table = catalog;
  }

  async #items(serverId: string): Promise<Item[]> {
    const items: Item[] = [];
    let next: Record<string, unknown> | undefined;
    do {
      const page = await this.#table.query({
        partition: { value: serverId },
        consistent: true,
        ...(next ? { after: next } : {}),
      });
      items.push(...page.items);
      next = page.next;
    } while (next);
    return items;
  }

  async status(serverId: string): Promise<ServerStatus> {
    const item = await this.#table.get(declarationKey(serverId));
    return item ? declarationItem.parse(item).status : NEVER;
  }

  /** Replaces the catalog of a server; definitions that are gone are removed. */
  async save(serverId: string, catalog: ServerCatalog, now: Date): Promise<ServerStatus> {
    const items = definitionItems(serverId, catalog);
    const gone = (await this.#items(serverId)).filter(({ sk }) => sk !== 'server#current' && !items.has(sk));
    await batchWrite(this.#table, [...items.values()], gone);
    const status: ServerStatus = {
      sync: 'synced',
      era: catalog.era,
      tools: catalog.tools.length,
      prompts: catalog.prompts.length,
      resources: catalog.resources.length,
      resourceTemplates: catalog.resourceTemplates.length,
      syncedAt: now.toISOString(),
    };
    const { capabilities, instructions } = catalog;
    const declared = JSON.stringify({ capabilities, instructions });
    await this.#table.put({ ...declarationKey(serverId), status, declared });
    return status;
  }

  /** Notes that a sync failed and leaves the catalog of the one before in use. */
  async saveFailure(serverId: string, message: string): Promise<ServerStatus> {
    const item = await this.#table.get(declarationKey(serverId));
    const before = item ? declarationItem.parse(item) : { status: NEVER };
    const status: ServerStatus = { ...before.status, sync: 'failed', message };
    await this.#table.put({ ...declarationKey(serverId), ...before, status });
    return status;
  }

  /** The catalog in use; undefined for a server that was never synced. */
  async load(serverId: string): Promise<ServerCatalog | undefined> {
    const items = await this.#items(serverId);
    const current = items.find(({ sk }) => sk === 'server#current');
    const { status, declared } = current ? declarationItem.parse(current) : { status: NEVER };
    if (!declared || !status.era) return undefined;
    const { capabilities, instructions } = declaration.parse(JSON.parse(declared));
    const listed = (prefix: string): RawDefinition[] =>
      items
        .filter(({ sk }) => sk.startsWith(prefix))
        .map((item) => definition.parse(JSON.parse(definitionItem.parse(item).definition)));
    return {
      era: status.era,
      capabilities,
      instructions,
      tools: listed('tool#'),
      prompts: listed('prompt#'),
      resources: listed('resource#'),
      resourceTemplates: listed('template#'),
    };
  }

  /** Removes all that is known of a server. */
  async remove(serverId: string): Promise<void> {
    await batchWrite(this.#table, [], await this.#items(serverId));
  }
}
