import { buildSnapshot } from '../policy/build-snapshot.ts';
import type { ServerCatalog } from '../policy/catalog.ts';
import { type NameCollision, nameCollisions } from '../policy/name-collisions.ts';
import type { DocumentOf } from '../shared/documents/kinds.ts';
import { SallyportError } from '../shared/errors.ts';
import { affectedPortals } from './affected-portals.ts';
import type { CatalogStore } from './catalog-store.ts';
import type { PlacedDocument } from './check-set.ts';
import { configurationOf, type Documents, documentKey, documentsOf, keyOf } from './world.ts';

interface PortalCollision extends NameCollision {
  portal: DocumentOf<'Portal'>;
}

const place = (at: string, path: string) => (at === '' ? path : `${at}.${path}`);

async function collisionsIn(
  store: CatalogStore,
  documents: Documents,
  portal: DocumentOf<'Portal'>,
  fresh: ReadonlyMap<string, ServerCatalog>,
): Promise<PortalCollision[]> {
  const listed = new Set(portal.spec.servers);
  const servers = documentsOf(documents, 'Server').filter(({ metadata }) => listed.has(metadata.id));
  if (servers.every(({ spec }) => spec.naming === 'prefixed')) return [];
  const catalogs = new Map<string, ServerCatalog>();
  for (const { metadata } of servers) {
    const catalog = fresh.get(metadata.id) ?? (await store.load(metadata.id));
    if (catalog) catalogs.set(metadata.id, catalog);
  }
  const snapshot = buildSnapshot(portal, configurationOf(documents), catalogs);
  return nameCollisions(snapshot.servers).map((collision) => ({ ...collision, portal }));
}

async function collisionsAround(
  store: CatalogStore,
  documents: Documents,
  keys: ReadonlySet<string>,
  fresh: ReadonlyMap<string, ServerCatalog> = new Map(),
): Promise<PortalCollision[]> {
  const concerned = new Set(affectedPortals(documents, keys));
  const portals = documentsOf(documents, 'Portal').filter(({ metadata }) => concerned.has(metadata.id));
  const found = await Promise.all(portals.map((portal) => collisionsIn(store, documents, portal, fresh)));
  return found.flat();
}

function refusal({ what, name, servers, portal }: PortalCollision, at?: string): SallyportError {
  const [first, second] = servers;
  const disable = what === 'tool' ? ', or disable the tool at one of them in spec.tools' : '';
  const message = `in Portal "${portal.metadata.id}", Server "${first}" and Server "${second}" would both have a ${what} named ${JSON.stringify(name.slice(0, 100))}: set spec.naming of one of them to prefixed${disable}`;
  return new SallyportError('name_collision', 409, message, at === undefined ? {} : { at });
}

/** Where the set brings a collision about; undefined for one that was there before and is not of its making. */
function placeOf({ servers, portal }: PortalCollision, set: readonly PlacedDocument[]): string | undefined {
  const find = (key: string) => set.find(({ document }) => keyOf(document) === key);
  const [first, second] = servers;
  const server = find(documentKey('Server', second)) ?? find(documentKey('Server', first));
  if (server) return place(server.at, 'spec.naming');
  const placed = find(keyOf(portal));
  return placed && place(placed.at, `spec.servers[${portal.spec.servers.indexOf(second)}]`);
}

/**
 * Refuses documents after which two servers of a portal would have a tool or a prompt of one name, as far as
 * their catalogs are known.
 * @param documents all documents as they would stand.
 * @throws SallyportError `name_collision` 409 that names both servers and the portal.
 */
export async function checkNames(
  store: CatalogStore,
  documents: Documents,
  set: readonly PlacedDocument[],
): Promise<void> {
  const named = set.filter(({ document }) => document.kind !== 'Policy');
  const keys = new Set(named.map(({ document }) => keyOf(document)));
  for (const collision of await collisionsAround(store, documents, keys)) {
    const at = placeOf(collision, named);
    if (at !== undefined) throw refusal(collision, at);
  }
}

/**
 * Refuses what a server offers now if another server of a portal has the name already.
 * @throws SallyportError `name_collision` 409 that names both servers and the portal.
 */
export async function checkCatalogNames(
  store: CatalogStore,
  documents: Documents,
  serverId: string,
  catalog: ServerCatalog,
): Promise<void> {
  const keys = new Set([documentKey('Server', serverId)]);
  const collisions = await collisionsAround(store, documents, keys, new Map([[serverId, catalog]]));
  const own = collisions.find(({ servers }) => servers.includes(serverId));
  if (own) throw refusal(own);
}
