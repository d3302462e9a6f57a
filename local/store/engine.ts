import batchGetItem from 'dynalite/actions/batchGetItem.js';
import batchWriteItem from 'dynalite/actions/batchWriteItem.js';
import createTable from 'dynalite/actions/createTable.js';
import deleteItem from 'dynalite/actions/deleteItem.js';
import describeTable from 'dynalite/actions/describeTable.js';
import getItem from 'dynalite/actions/getItem.js';
import listTables from 'dynalite/actions/listTables.js';
import putItem from 'dynalite/actions/putItem.js';
import query from 'dynalite/actions/query.js';
import scan from 'dynalite/actions/scan.js';
import updateItem from 'dynalite/actions/updateItem.js';
import database, {
  type Failure,
  type Store,
  type TableDescription,
  type TableFound,
  type Write,
} from 'dynalite/db/index.js';
import batchGetItemRules from 'dynalite/validations/batchGetItem.js';
import batchWriteItemRules from 'dynalite/validations/batchWriteItem.js';
import createTableRules from 'dynalite/validations/createTable.js';
import deleteItemRules from 'dynalite/validations/deleteItem.js';
import describeTableRules from 'dynalite/validations/describeTable.js';
import getItemRules from 'dynalite/validations/getItem.js';
import validations from 'dynalite/validations/index.js';
import listTablesRules from 'dynalite/validations/listTables.js';
import putItemRules from 'dynalite/validations/putItem.js';
import queryRules from 'dynalite/validations/query.js';
import scanRules from 'dynalite/validations/scan.js';
import updateItemRules from 'dynalite/validations/updateItem.js';
import { StoreError, unsupported, validationError } from './errors.ts';

/** The operations that the engine runs by itself; transactions and time to live are built on it. */
const OPERATIONS = {
  BatchGetItem: { action: batchGetItem, rules: batchGetItemRules },
  BatchWriteItem: { action: batchWriteItem, rules: batchWriteItemRules },
  CreateTable: { action: createTable, rules: createTableRules },
  DeleteItem: { action: deleteItem, rules: deleteItemRules },
  DescribeTable: { action: describeTable, rules: describeTableRules },
  GetItem: { action: getItem, rules: getItemRules },
  ListTables: { action: listTables, rules: listTablesRules },
  PutItem: { action: putItem, rules: putItemRules },
  Query: { action: query, rules: queryRules },
  Scan: { action: scan, rules: scanRules },
  UpdateItem: { action: updateItem, rules: updateItemRules },
};
export type Operation = keyof typeof OPERATIONS;
export type Parameters = Record<string, unknown>;

type DryRun = (step: () => Promise<unknown>) => Promise<void>;

export const isOperation = (name: string): name is Operation => Object.hasOwn(OPERATIONS, name);

const ON_FAILURE = 'ReturnValuesOnConditionCheckFailure';
const CONDITIONAL: ReadonlySet<Operation> = new Set(['PutItem', 'UpdateItem', 'DeleteItem']);

const checkConditional = database.checkConditional;
/** The item must be the one the condition was checked against, so it is taken where the check happens. */
database.checkConditional = (data, existing) => {
  const failure = checkConditional(data, existing);
  if (failure?.body && data[ON_FAILURE] === 'ALL_OLD' && existing) failure.body.Item = existing;
  return failure;
};

function toStoreError(failure: Failure): Error {
  if (!failure.statusCode || !failure.body) return failure;
  const { __type, message, Message, ...members } = failure.body;
  return new StoreError(__type, message ?? Message ?? '', { status: failure.statusCode, members });
}

/** dynalite without its HTTP server: parameters are parsed once, and writes can be held back to be atomic. */
export class Engine {
  readonly #store: Store;
  #heldBack: Write[] | undefined;

  private constructor(store: Store) {
    this.#store = store;
  }

  /** Opens the database in a folder, or in memory. */
  static async open(path: string | undefined): Promise<Engine> {
    const store = database.create({ path, createTableMs: 0 });
    await store.db.open();
    const engine = new Engine(store);
    engine.#holdBackWrites();
    engine.#rememberTables();
    return engine;
  }

  /** Validates an operation's parameters; what DynamoDB knows and the engine does not is an error. */
  check(operation: Operation, parameters: Parameters): Parameters {
    const { rules } = OPERATIONS[operation];
    const onFailure = CONDITIONAL.has(operation) ? parameters[ON_FAILURE] : undefined;
    for (const [name, value] of Object.entries(parameters)) {
      const known = Object.hasOwn(rules.types, name) || (name === ON_FAILURE && CONDITIONAL.has(operation));
      if (!known && value !== null && value !== undefined)
        throw unsupported(`the parameter ${name} of ${operation}`);
    }
    if (onFailure !== undefined && onFailure !== 'ALL_OLD' && onFailure !== 'NONE')
      throw validationError(`${ON_FAILURE} can only be ALL_OLD or NONE`);
    try {
      const checked = validations.checkTypes({ ...parameters }, rules.types);
      validations.checkValidations(checked, rules.types, rules.custom, this.#store);
      return onFailure === undefined ? checked : { ...checked, [ON_FAILURE]: onFailure };
    } catch (error) {
      throw error instanceof Error ? toStoreError(error) : error;
    }
  }

  /** Runs an operation with checked parameters. */
  run(operation: Operation, checked: Parameters): Promise<unknown> {
    return new Promise((resolve, reject) => {
      OPERATIONS[operation].action(this.#store, checked, (failure, result) => {
        if (failure) reject(toStoreError(failure));
        else resolve(result);
      });
    });
  }

  table(name: string): Promise<TableDescription> {
    return new Promise((resolve, reject) => {
      this.#store.getTable(name, false, (failure, table) => {
        if (table) resolve(table);
        else reject(failure ? toStoreError(failure) : new Error(`There is no table ${name}.`));
      });
    });
  }

  /**
   * Holds back every write of `work` and then writes them all at once, or none when it returns false or throws.
   * Nothing else may write meanwhile, and `work` must not read what it wrote. Writes of a `dryRun` are dropped.
   */
  async atomically(work: (dryRun: DryRun) => Promise<boolean>): Promise<void> {
    const writes: Write[] = [];
    const dryRun: DryRun = async (step) => {
      const mark = writes.length;
      await step();
      writes.length = mark;
    };
    this.#heldBack = writes;
    try {
      if (!(await work(dryRun))) return;
    } finally {
      this.#heldBack = undefined;
    }
    if (writes.length > 0) await this.#store.db.batch(writes);
  }

  /** Every item of a table, in no order that means anything. */
  async *items(table: string): AsyncGenerator<Parameters> {
    const range = { gte: `item-${table}~`, lt: `item-${table}~\xFF` };
    for await (const item of this.#store.db.values(range)) yield item;
  }

  async read(key: string): Promise<unknown> {
    return this.#store.db.get(key);
  }

  async write(key: string, value: unknown): Promise<void> {
    await this.#store.db.put(key, value);
  }

  async close(): Promise<void> {
    await this.#store.db.close();
  }

  /** Every operation asks for its table, and a table that is active never changes. */
  #rememberTables(): void {
    const known = new Map<string, TableDescription>();
    const getTable = this.#store.getTable.bind(this.#store);
    const remember =
      (name: string, done: TableFound): TableFound =>
      (failure, table) => {
        if (table?.TableStatus === 'ACTIVE') known.set(name, table);
        done(failure, table);
      };
    this.#store.getTable = (name, ...rest) => {
      const done = rest.length === 1 ? rest[0] : rest[1];
      const table = known.get(name);
      if (table) done(null, table);
      else if (rest.length === 1) getTable(name, remember(name, rest[0]));
      else getTable(name, rest[0], remember(name, rest[1]));
    };
  }

  #holdBackWrites(): void {
    const { db } = this.#store;
    const put = db.put;
    const del = db.del;
    db.put = (key, value, done) => {
      if (!this.#heldBack) return put(key, value, done);
      this.#heldBack.push({ type: 'put', key, value });
      if (done) setImmediate(done, null);
      return undefined;
    };
    db.del = (key, done) => {
      if (!this.#heldBack) return del(key, done);
      this.#heldBack.push({ type: 'del', key });
      if (done) setImmediate(done, null);
      return undefined;
    };
  }
}
