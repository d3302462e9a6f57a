import { SallyportError } from '../shared/errors.ts';
import { logger } from '../shared/logger.ts';
import type { Table } from '../shared/table.ts';
import type { PortalSnapshot, VersionedSnapshot } from './snapshot.ts';
import { getSnapshot, putSnapshot } from './snapshot-objects.ts';
import { movePointer, readPointer } from './snapshot-pointer.ts';

export interface SnapshotStores {
  policies: Table;
  bucket: string;
}

/** How old, in ms, the pointer may be that a decision rests on: a changed policy holds after this. */
const FRESH_MS = 15_000;
/**
 * How old it may be while it cannot be read again. A stale snapshot hides a block or a removed server just
 * as it keeps people working through a short fault of the store, so it may outlive its freshness only as
 * long as a revocation may take to hold elsewhere: 60 s. After that nobody gets in.
 */
const STALE_MS = 60_000;
/** After a failed refresh, so that a store in trouble is not asked by every request. */
const RETRY_MS = 1_000;
/** A store that does not answer counts as failed, or waiting for it would stop every call. */
const READ_TIMEOUT_MS = 3_000;

interface Held {
  /** Undefined: no snapshot of this portal is in force. */
  current: VersionedSnapshot | undefined;
  /** When the pointer was asked for, epoch ms. */
  asOf: number;
  retryAt: number;
}

/** Portals' snapshots in memory: the pointer is read when it is 15 s old, the object only when that moved. */
export class SnapshotReader {
  readonly #stores: SnapshotStores;
  /** The wall clock: a monotonic one stands still while an execution environment is frozen. */
  readonly #now: () => number;
  readonly #held = new Map<string, Held>();
  readonly #refreshing = new Map<string, Promise<VersionedSnapshot | undefined>>();

  constructor(options: SnapshotStores & { now?: () => number }) {
    this.#stores = { policies: options.policies, bucket: options.bucket };
    this.#now = options.now ?? Date.now;
  }

  /**
   * The snapshot in force, undefined when the portal has none.
   * @throws SallyportError `snapshot_unavailable` 503 when it cannot be read and the last one is too old.
   */
  async current(portalId: string): Promise<VersionedSnapshot | undefined> {
    const held = this.#held.get(portalId);
    const age = held ? this.#now() - held.asOf : Number.POSITIVE_INFINITY;
    // A negative age is a clock that was set back: it says nothing. That there is no portal yet is asked every
    // time: whoever sets one up uses it at once.
    const fresh = held?.current !== undefined && age < FRESH_MS;
    if (held && age >= 0 && (fresh || (age < STALE_MS && this.#now() < held.retryAt))) {
      return held.current;
    }
    const running = this.#refreshing.get(portalId);
    if (running) return running;
    const refresh = this.#refresh(portalId).finally(() => this.#refreshing.delete(portalId));
    this.#refreshing.set(portalId, refresh);
    return refresh;
  }

  async #refresh(portalId: string): Promise<VersionedSnapshot | undefined> {
    const asOf = this.#now();
    try {
      const current = await this.#read(portalId);
      this.#held.set(portalId, { current, asOf, retryAt: 0 });
      return current;
    } catch (error) {
      const held = this.#held.get(portalId);
      const age = held ? this.#now() - held.asOf : Number.POSITIVE_INFINITY;
      const usable = held !== undefined && age >= 0 && age < STALE_MS;
      logger.error('snapshot not readable', {
        portal: portalId,
        servingLast: usable,
        error: error instanceof Error ? error : String(error),
      });
      if (!usable) {
        const message = 'The portal cannot read its configuration right now. Please try again in a minute.';
        throw new SallyportError('snapshot_unavailable', 503, message, { cause: error });
      }
      held.retryAt = this.#now() + RETRY_MS;
      return held.current;
    }
  }

  async #read(portalId: string): Promise<VersionedSnapshot | undefined> {
    const deadline = AbortSignal.timeout(READ_TIMEOUT_MS);
    const pointer = await before(deadline, readPointer(this.#stores.policies, portalId));
    if (!pointer?.version) return undefined;
    const last = this.#held.get(portalId)?.current;
    if (last?.version === pointer.version) return last;
    return getSnapshot(this.#stores.bucket, portalId, pointer.version, deadline);
  }
}

async function before<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const give = () => late.reject(deadline.reason);
  deadline.addEventListener('abort', give, { once: true });
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    deadline.removeEventListener('abort', give);
  }
}

/**
 * Stores a snapshot and points the portal to it. `seen` is the pointer's number from before the documents
 * of this snapshot were read; without it nothing tells a late publisher from the latest, so a change of
 * documents goes through `publishLatest`.
 * @returns the version, the hash of the content.
 * @throws SallyportError `snapshot_outdated` 409 when another publisher moved the pointer since.
 */
export async function publishSnapshot(
  { policies, bucket }: SnapshotStores,
  portalId: string,
  snapshot: PortalSnapshot,
  seen?: number,
): Promise<string> {
  const number = seen ?? (await readPointer(policies, portalId))?.number ?? 0;
  const version = await putSnapshot(bucket, portalId, snapshot);
  if (await movePointer(policies, portalId, number, version)) return version;
  throw outdated();
}

const outdated = () =>
  new SallyportError(
    'snapshot_outdated',
    409,
    'The configuration was changed by someone else at the same time. Please try again.',
  );

const ATTEMPTS = 8;

/**
 * Publishes what `build` makes of the documents, which it must read consistently when it is called; it is
 * called again when another publisher came first. So the snapshot in force always rests on documents read
 * after every change whose publication ended earlier. A build of undefined (the portal is gone) takes the
 * portal out of force and returns null.
 * @throws SallyportError `snapshot_outdated` 409 after several attempts.
 */
export async function publishLatest(
  { policies, bucket }: SnapshotStores,
  portalId: string,
  build: () => Promise<PortalSnapshot | undefined>,
): Promise<string | null> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const seen = (await readPointer(policies, portalId))?.number ?? 0;
    const snapshot = await build();
    if (!snapshot && seen === 0) return null;
    const version = snapshot ? await putSnapshot(bucket, portalId, snapshot) : null;
    if (await movePointer(policies, portalId, seen, version)) return version;
  }
  throw outdated();
}
