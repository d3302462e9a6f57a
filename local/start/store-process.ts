import { createAuthorizer } from '../iam/authorizer.ts';
import type { PolicyDocument } from '../iam/document.ts';
import type { TableDefinition } from '../store/definitions.ts';
import { type RunningStore, startStore } from '../store/start-store.ts';

/** What the store's process is told once it runs. */
export interface StoreOrder {
  port: number;
  path: string;
  tables: readonly TableDefinition[];
  policies: readonly (readonly [string, readonly PolicyDocument[]])[];
}

/** What it answers: where it listens or why it does not. */
export type StoreReport = { endpoint: string } | { error: string };

/** Clients that hold a connection open are not waited for longer than these milliseconds. */
const CLOSE_LIMIT = 1000;

let store: RunningStore | undefined;
/** Ctrl-C reaches every process of the terminal; the store closes its database when its parent is done with it. */
process.on('SIGINT', () => {});
process.on('disconnect', () => {
  setTimeout(() => process.exit(), CLOSE_LIMIT);
  void Promise.resolve(store?.close()).finally(() => process.exit());
});
process.once('message', (order: StoreOrder) => {
  void open(order).then((report) => process.send?.(report));
});

async function open({ port, path, tables, policies }: StoreOrder): Promise<StoreReport> {
  try {
    store = await startStore({ port, path, tables, authorize: createAuthorizer(new Map(policies)) });
    return { endpoint: store.endpoint };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
