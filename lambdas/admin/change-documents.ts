import { SallyportError } from '../shared/errors.ts';
import { TRANSACTION_LIMIT } from '../shared/transaction.ts';
import { affectedPortals } from './affected-portals.ts';
import type { ServerStatus } from './catalog-store.ts';
import { checkCatalogNames } from './check-names.ts';
import type { Warning } from './check-policies.ts';
import type { PlacedDocument } from './check-set.ts';
import { judgeSet } from './judge-set.ts';
import { type PlannedChange, planChanges } from './plan-changes.ts';
import { publishPortals } from './publish.ts';
import { type IntendedChange, recordChanges } from './record-changes.ts';
import type { AdminApi, Call } from './route.ts';
import { type SyncTarget, syncServer } from './sync-servers.ts';
import type { Author, Documents, World } from './world.ts';

/** What became of one document. */
export interface AppliedDocument {
  kind: string;
  id: string;
  result: PlannedChange['result'];
  version: number;
  sync?: { status: 'synced' | 'failed'; tools: number; message?: string };
}

export interface Applied {
  results: AppliedDocument[];
  portals: { id: string; version: string | null }[];
  warnings: Warning[];
}

/** Two writes for each document, and one that orders the changes. */
const MOST_CHANGES = Math.floor((TRANSACTION_LIMIT - 1) / 2);

export const lostRace = () =>
  new SallyportError(
    'conflict',
    409,
    'Someone else changed the configuration at the same moment, and nothing of this was done. Try again.',
  );

export const authorOf = ({ caller }: Call): Author => ({ id: caller.person.id, email: caller.person.email });

const intended = ({ document, hash, before }: PlannedChange): IntendedChange => ({
  activity: before ? 'update' : 'create',
  document: { kind: document.kind, id: document.metadata.id },
  ...(before ? { before: before.hash } : {}),
  after: hash,
});

type Versioned = PlannedChange & { version: number };

async function commit(
  api: AdminApi,
  call: Call,
  revision: number,
  plan: PlannedChange[],
): Promise<Versioned[]> {
  const changes = plan.filter(({ result }) => result !== 'unchanged');
  if (changes.length > MOST_CHANGES) {
    const message = `This changes ${changes.length} documents; one apply changes at most ${MOST_CHANGES}. Send them in parts.`;
    throw new SallyportError('too_many_changes', 400, message, { at: 'documents' });
  }
  const writes = changes.map(({ document, hash, before }) => ({
    kind: document.kind,
    id: document.metadata.id,
    before,
    after: { document, hash },
  }));
  const versions =
    writes.length > 0
      ? await recordChanges(api, call, changes.map(intended), async () => {
          const committed = await api.documents.commit(revision, writes, authorOf(call));
          if (!committed) throw lostRace();
          return committed;
        })
      : [];
  const byKey = new Map(changes.map(({ key }, index) => [key, versions[index] ?? 0]));
  return plan.map((change) => ({ ...change, version: byKey.get(change.key) ?? change.before?.version ?? 0 }));
}

async function announce(api: AdminApi, call: Call, applied: readonly Versioned[]): Promise<void> {
  const changed = applied.filter(({ result }) => result !== 'unchanged');
  await api.announce(
    changed.map(({ document, result, version }) => ({
      kind: document.kind,
      id: document.metadata.id,
      change: result === 'created' ? 'created' : 'updated',
      version,
      by: call.caller.person.id,
    })),
  );
}

/** A server to sync, with the documents among which it stands. */
export interface Sync {
  target: SyncTarget;
  documents: Documents;
  /** What has to be over before the catalog is kept, so that two servers cannot both take one name. */
  after?: Promise<unknown>;
}

/** Reads a server's catalog, keeps it unless its names are taken, and records that it was done. */
export async function syncAndRecord(
  api: AdminApi,
  call: Call,
  { target, documents, after = Promise.resolve() }: Sync,
): Promise<ServerStatus> {
  const status = await syncServer(api, target, async (catalog) => {
    await after;
    await checkCatalogNames(api.catalogs, documents, target.id, catalog);
  });
  const failed = status.sync === 'failed';
  await api.audit.change({
    activity: 'sync',
    actor: call.caller.actor,
    document: { kind: 'Server', id: target.id },
    status: failed ? 'failure' : 'success',
    ...(failed && status.message ? { reason: status.message } : {}),
  });
  return status;
}

/** Syncs servers that are new or changed, and those whose last sync did not succeed. */
async function syncChanged(
  api: AdminApi,
  call: Call,
  { document, result }: Versioned,
  around: Omit<Sync, 'target'>,
): Promise<AppliedDocument['sync']> {
  if (document.kind !== 'Server' || !document.spec.enabled) return undefined;
  const { id } = document.metadata;
  if (result === 'unchanged' && (await api.catalogs.status(id)).sync === 'synced') return undefined;
  const status = await syncAndRecord(api, call, { target: { id, url: document.spec.url }, ...around });
  return {
    status: status.sync === 'synced' ? 'synced' : 'failed',
    tools: status.tools,
    ...(status.message ? { message: status.message } : {}),
  };
}

/** Reads all servers at once, and keeps their catalogs in the order of the set. */
async function syncAll(
  api: AdminApi,
  call: Call,
  applied: readonly Versioned[],
  documents: Documents,
): Promise<AppliedDocument[]> {
  let after: Promise<unknown> = Promise.resolve();
  const results = applied.map(async (change): Promise<AppliedDocument> => {
    const syncing = syncChanged(api, call, change, { documents, after });
    after = syncing.catch(() => undefined);
    const sync = await syncing;
    const { document, result, version } = change;
    return { kind: document.kind, id: document.metadata.id, result, version, ...(sync ? { sync } : {}) };
  });
  return Promise.all(results);
}

/**
 * Applies documents as one set: all or none are stored. Servers are then synced and the portals concerned
 * published, also when nothing changed, so that a repeated apply completes one that was interrupted.
 * @param expect called with what is stored before anything is written; may refuse.
 */
export async function changeDocuments(
  api: AdminApi,
  call: Call,
  set: readonly PlacedDocument[],
  expect: (world: World) => void = () => {},
): Promise<Applied> {
  const world = await api.documents.load();
  expect(world);
  const { documents, warnings } = await judgeSet(api, set, world);
  const plan = planChanges(
    set.map(({ document }) => document),
    world,
  );
  const applied = await commit(api, call, world.revision, plan);
  await announce(api, call, applied);
  const results = await syncAll(api, call, applied, documents);
  const concerned = affectedPortals(documents, new Set(applied.map(({ key }) => key)));
  return { results, portals: await publishPortals(api, concerned), warnings };
}
