import type { ServerCatalog } from '../policy/catalog.ts';
import { SallyportError } from '../shared/errors.ts';
import { logger } from '../shared/logger.ts';
import type { CatalogStore, ServerStatus } from './catalog-store.ts';

export type FetchCatalog = (server: { url: string }, networks: readonly string[]) => Promise<ServerCatalog>;

export interface SyncOptions {
  catalogs: CatalogStore;
  fetchCatalog: FetchCatalog;
  networks: readonly string[];
}

/** A server to read. */
export interface SyncTarget {
  id: string;
  url: string;
}

/** The whole request has 28 seconds; this leaves time to store and publish. */
const DEADLINE_MS = 18_000;

function whyNot(error: unknown, { id }: SyncTarget): string {
  if (error instanceof SallyportError) return error.message;
  logger.error('sync failed', { server: id, error: error instanceof Error ? error : String(error) });
  return 'The server could not be read: something went wrong on our side.';
}

async function within<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const message = `The server did not answer in full within ${DEADLINE_MS / 1000} seconds.`;
      reject(new SallyportError('upstream_timeout', 504, message));
    }, DEADLINE_MS);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/**
 * Reads what a server offers and keeps it; a failure is kept as the server's status, beside the earlier catalog.
 * @param judge called with what was read; may refuse.
 */
export async function syncServer(
  options: SyncOptions,
  target: SyncTarget,
  judge: (catalog: ServerCatalog) => Promise<void>,
): Promise<ServerStatus> {
  try {
    const catalog = await within(options.fetchCatalog({ url: target.url }, options.networks));
    await judge(catalog);
    return await options.catalogs.save(target.id, catalog, new Date());
  } catch (error) {
    return options.catalogs.saveFailure(target.id, whyNot(error, target));
  }
}
