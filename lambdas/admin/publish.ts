import { buildSnapshot } from '../policy/build-snapshot.ts';
import type { ServerCatalog } from '../policy/catalog.ts';
import type { PortalSnapshot } from '../policy/snapshot.ts';
import { publishLatest, type SnapshotStores } from '../policy/snapshot-store.ts';
import type { DocumentOf } from '../shared/documents/kinds.ts';
import type { CatalogStore } from './catalog-store.ts';
import type { DocumentStore } from './document-store.ts';
import { configurationOf, type Documents, documentKey } from './world.ts';

export interface PublishOptions {
  snapshots: SnapshotStores;
  documents: DocumentStore;
  catalogs: CatalogStore;
}

function portalOf(world: Documents, id: string): DocumentOf<'Portal'> | undefined {
  const document = world.documents.get(documentKey('Portal', id))?.document;
  return document?.kind === 'Portal' ? document : undefined;
}

/** What a portal would be with these documents; undefined without its own. `unread` stands for servers never synced. */
export async function snapshotOf(
  store: CatalogStore,
  documents: Documents,
  portalId: string,
  unread?: (server: string) => ServerCatalog | undefined,
): Promise<PortalSnapshot | undefined> {
  const portal = portalOf(documents, portalId);
  if (!portal) return undefined;
  const catalogs = new Map<string, ServerCatalog>();
  await Promise.all(
    portal.spec.servers.map(async (id) => {
      const catalog = (await store.load(id)) ?? unread?.(id);
      if (catalog) catalogs.set(id, catalog);
    }),
  );
  return buildSnapshot(portal, configurationOf(documents), catalogs);
}

const build = async (options: PublishOptions, portalId: string): Promise<PortalSnapshot | undefined> =>
  snapshotOf(options.catalogs, await options.documents.load(), portalId);

/**
 * Puts what is stored now in force for these portals; a portal whose document is gone is taken out of force.
 * Publishing the same content again changes nothing.
 * @returns the snapshot version by portal; null for one that is out of force.
 */
export async function publishPortals(
  options: PublishOptions,
  portalIds: readonly string[],
): Promise<{ id: string; version: string | null }[]> {
  return Promise.all(
    portalIds.map(async (id) => ({
      id,
      version: await publishLatest(options.snapshots, id, () => build(options, id)),
    })),
  );
}
