import type { VersionedSnapshot } from '../../policy/snapshot.ts';
import { SnapshotReader, type SnapshotStores } from '../../policy/snapshot-store.ts';
import { type Catalog, indexSnapshot, type ServerEntry, type ToolOffer } from '../../portal/catalog.ts';
import { SallyportError } from '../../shared/errors.ts';

/** What a decision is about: the portal itself, without a server. */
export interface Target {
  at: ServerEntry | undefined;
  offer: ToolOffer | undefined;
}

interface Wanted {
  server?: string | undefined;
  tool?: string | undefined;
}

/** As many names as somebody reads. */
const MOST_NAMES = 20;

const listed = (names: readonly string[]): string => {
  const shown = names.toSorted().slice(0, MOST_NAMES).join(', ');
  const left = names.length - MOST_NAMES;
  return left > 0 ? `${shown} and ${left} more` : shown || 'none';
};

const unknown = (at: string, message: string) => new SallyportError('not_found', 404, message, { at });

/** @throws SallyportError `unknown_portal` 404, or `invalid_request` 400 where there are several and none is named. */
export function portalIdOf(portalIds: readonly string[], wanted: string | undefined): string {
  const [only, ...others] = portalIds;
  if (wanted !== undefined && portalIds.includes(wanted)) return wanted;
  const there = `The portals of this deployment: ${listed(portalIds)}.`;
  if (wanted !== undefined) throw unknown('portal', `There is no portal "${wanted}". ${there}`);
  if (only !== undefined && others.length === 0) return only;
  throw new SallyportError('invalid_request', 400, `Say which portal. ${there}`, { at: 'portal' });
}

/** @throws SallyportError `not_found` 404 for a portal that has nothing in force. */
export async function snapshotInForce(stores: SnapshotStores, portalId: string): Promise<VersionedSnapshot> {
  const current = await new SnapshotReader(stores).current(portalId);
  if (current) return current;
  throw unknown('portal', `The portal "${portalId}" has no configuration in force yet. Apply one first.`);
}

export const catalogInForce = async (stores: SnapshotStores, portalId: string) => {
  const current = await snapshotInForce(stores, portalId);
  return { snapshot: current.snapshot, catalog: indexSnapshot(current) };
};

function findServer(catalog: Catalog, wanted: string): ServerEntry {
  const { servers } = catalog;
  const found =
    servers.find(({ server }) => server.id === wanted) ??
    servers.find(({ server }) => server.slug === wanted);
  if (found) return found;
  const there = listed(servers.map(({ server }) => server.id));
  const message = `The portal "${catalog.portal.id}" has no server "${wanted}" in force. It has: ${there}. A server is in force once it is named by the portal, enabled and synced.`;
  throw unknown('server', message);
}

/**
 * What names mean in a portal.
 * @throws SallyportError `not_found` 404 with the place of the name and what there is.
 */
export function findTarget(catalog: Catalog, { server, tool }: Wanted): Target {
  const at = server === undefined ? undefined : findServer(catalog, server);
  if (tool === undefined) return { at, offer: undefined };
  const inPortal = catalog.tools.get(tool);
  if (inPortal && (!at || inPortal.at === at)) return { at: inPortal.at, offer: inPortal };
  if (!at) {
    const message = `No tool is named "${tool}" in the portal "${catalog.portal.id}". Say the server too, or the name as the portal lists it.`;
    throw unknown('tool', message);
  }
  const own = [...catalog.tools.values()].filter((offer) => offer.at === at);
  const offer = own.find(({ name }) => name === tool);
  if (offer) return { at, offer };
  const message = `The server "${at.server.id}" has no tool "${tool}" in force. It has: ${listed(own.map(({ name }) => name))}.`;
  throw unknown('tool', message);
}
