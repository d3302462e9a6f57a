import { once } from 'node:events';
import { createAuthorizer, everythingAllowed } from '../iam/authorizer.ts';
import { recordCalls } from '../iam/record-calls.ts';
import type { StoreProcessOptions } from './fork-store.ts';
import { startStore } from './start-store.ts';
import type { Throttled } from './throughput.ts';

/** Clients that hold a connection open are not waited for any longer. */
const CLOSE_LIMIT_MS = 1_000;

/** The table store's process: told what to serve by its parent's first message, gone when the parent is. */
async function run(): Promise<void> {
  // Ctrl-C reaches the whole process group; the parent decides when the store may end.
  process.on('SIGINT', () => undefined);
  const parentGone = once(process, 'disconnect');
  const [options] = (await once(process, 'message')) as [StoreProcessOptions];
  const { policies, recordCalls: file, ...store } = options;
  try {
    const byRole = new Map(policies ?? []);
    const record = file === undefined ? undefined : recordCalls(file, byRole);
    const authorize = policies ? createAuthorizer(byRole, record) : everythingAllowed;
    const throttled: Throttled = (table, direction) => process.send?.({ throttled: { table, direction } });
    const { endpoint, close } = await startStore({ ...store, authorize, throttled });
    process.send?.({ endpoint });
    await parentGone;
    setTimeout(() => process.exit(), CLOSE_LIMIT_MS).unref();
    await close();
  } catch (error) {
    if (!process.connected) throw error;
    process.send?.({ failed: error instanceof Error ? error.message : String(error) });
    process.disconnect();
  }
}

await run();
