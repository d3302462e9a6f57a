import type { ServerCatalog } from '../../policy/catalog.ts';
import { type Catalog, indexSnapshot } from '../../portal/catalog.ts';
import { affectedPortals } from '../affected-portals.ts';
import type { Warning } from '../check-policies.ts';
import type { PlacedDocument } from '../check-set.ts';
import { type JudgedSet, judgeSet } from '../judge-set.ts';
import { snapshotOf } from '../publish.ts';
import type { AdminApi } from '../route.ts';
import { type Documents, documentsOf, keyOf, type World } from '../world.ts';
import type { ComparedPortal } from './compare-access.ts';

/** Two states of the configuration, as far as they differ. */
export interface ComparedWorlds {
  portals: ComparedPortal[];
  warnings: Warning[];
  notes: string[];
}

const NOTHING_READ: ServerCatalog = {
  era: 'modern',
  capabilities: {},
  instructions: undefined,
  tools: [],
  prompts: [],
  resources: [],
  resourceTemplates: [],
};

const keysOf = (set: readonly PlacedDocument[]): string[] => set.map(({ document }) => keyOf(document));

const without = (world: World, keys: readonly string[]): World => {
  const gone = new Set(keys);
  return { ...world, documents: new Map([...world.documents].filter(([key]) => !gone.has(key))) };
};

/** A set that may be empty, where all that it had is gone. */
const judged = async (api: AdminApi, set: readonly PlacedDocument[], world: World): Promise<JudgedSet> =>
  set.length > 0 ? judgeSet(api, set, world) : { documents: world, warnings: [] };

async function unreadServers(api: AdminApi, { documents }: JudgedSet, sent: ReadonlySet<string>) {
  const servers = documentsOf(documents, 'Server').filter((server) => sent.has(keyOf(server)));
  const found = await Promise.all(
    servers.map(async ({ metadata: { id } }) => ((await api.catalogs.load(id)) ? [] : [id])),
  );
  return found.flat();
}

async function catalogOf(
  api: AdminApi,
  documents: Documents,
  portalId: string,
  unread: readonly string[],
): Promise<Catalog | undefined> {
  const empty = (id: string) => (unread.includes(id) ? NOTHING_READ : undefined);
  const snapshot = await snapshotOf(api.catalogs, documents, portalId, empty);
  return snapshot && indexSnapshot({ version: 'compared', snapshot });
}

/**
 * The portals that a set of documents concerns, as they are and as they would be; both sets are judged as an apply
 * judges them, and nothing is stored. With `from`, both stand in place of what is stored of the same names.
 * @throws SallyportError for the first fault of a set, with its place.
 */
export async function comparedWorlds(
  api: AdminApi,
  to: readonly PlacedDocument[],
  from: readonly PlacedDocument[] | undefined,
): Promise<ComparedWorlds> {
  const world = await api.documents.load();
  const before = from ? await judged(api, from, world) : { documents: world, warnings: [] };
  const after = await judged(api, to, from ? without(world, keysOf(from)) : world);
  const sent = new Set([...keysOf(to), ...keysOf(from ?? [])]);
  const concerned = new Set([
    ...affectedPortals(before.documents, sent),
    ...affectedPortals(after.documents, sent),
  ]);
  const unread = await unreadServers(api, after, sent);
  const portals = await Promise.all(
    [...concerned].toSorted().map(async (id) => ({
      id,
      before: await catalogOf(api, before.documents, id, from ? unread : []),
      after: await catalogOf(api, after.documents, id, unread),
    })),
  );
  const notes = unread.map(
    (id) => `Server "${id}" was never read: which tools it has is unknown until it is applied.`,
  );
  return { portals, warnings: after.warnings, notes };
}
