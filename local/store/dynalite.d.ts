/** The parts of dynalite that the table store stands on; the package has no types of its own. */
declare module 'dynalite/db/index.js' {
  export interface Failure extends Error {
    statusCode?: number;
    body?: { __type: string; message?: string; Message?: string; Item?: unknown };
  }
  export type Done = (error: Failure | null | undefined, result?: unknown) => void;
  export interface KeyElement {
    AttributeName: string;
    KeyType: 'HASH' | 'RANGE';
  }
  export interface IndexDescription {
    IndexName: string;
    KeySchema: KeyElement[];
    Projection: { ProjectionType: string; NonKeyAttributes?: string[] };
  }
  export interface TableDescription {
    TableName: string;
    TableStatus: string;
    KeySchema: KeyElement[];
    AttributeDefinitions: { AttributeName: string; AttributeType: string }[];
    GlobalSecondaryIndexes?: IndexDescription[];
  }
  export interface Level {
    open(): Promise<void>;
    get(key: string): Promise<unknown>;
    put: (key: string, value: unknown, done?: Done) => Promise<void> | undefined;
    del: (key: string, done?: Done) => Promise<void> | undefined;
    batch(operations: Write[], done?: Done): Promise<void> | undefined;
    values(range: { gte: string; lt: string }): AsyncIterable<Record<string, unknown>>;
    close(): Promise<void>;
  }
  export type Write = { type: 'put'; key: string; value: unknown } | { type: 'del'; key: string };
  export type TableFound = (error: Failure | null, table?: TableDescription) => void;
  export interface Store {
    db: Level;
    getTable: (name: string, ...rest: [done: TableFound] | [checkStatus: boolean, done: TableFound]) => void;
  }
  interface Database {
    create(options: { path?: string | undefined; createTableMs: number }): Store;
    checkConditional: (data: Record<string, unknown>, existing: unknown) => Failure | null | undefined;
  }
  const database: Database;
  export default database;
}

declare module 'dynalite/validations/index.js' {
  import type { Store } from 'dynalite/db/index.js';

  interface Validations {
    checkTypes(data: Record<string, unknown>, types: Record<string, unknown>): Record<string, unknown>;
    checkValidations(
      data: Record<string, unknown>,
      types: Record<string, unknown>,
      custom: ((data: Record<string, unknown>, store: Store) => unknown) | undefined,
      store: Store,
    ): void;
  }
  const validations: Validations;
  export default validations;
}

declare module 'dynalite/validations/*.js' {
  import type { Store } from 'dynalite/db/index.js';

  const validation: {
    types: Record<string, unknown>;
    custom?: (data: Record<string, unknown>, store: Store) => unknown;
  };
  export default validation;
}

declare module 'dynalite/actions/*.js' {
  import type { Done, Store } from 'dynalite/db/index.js';

  const action: (store: Store, data: Record<string, unknown>, done: Done) => void;
  export default action;
}
