import * as z from 'zod';
import type { Engine, Parameters } from './engine.ts';
import { isConditionFailure, validationError } from './errors.ts';
import type { Gate } from './gate.ts';

/** DynamoDB leaves items alone whose expiry lies further back, in s: it is more likely a mistake than an age. */
const OLDEST = 5 * 365 * 24 * 3600;

const updateRequest = z.strictObject({
  TableName: z.string(),
  TimeToLiveSpecification: z.strictObject({ AttributeName: z.string().min(1), Enabled: z.boolean() }),
});
const describeRequest = z.strictObject({ TableName: z.string() });
const expirySchema = z.looseObject({ N: z.string() }).transform(({ N }) => Number(N));

function parse<Schema extends z.ZodType>(schema: Schema, parameters: Parameters): z.output<Schema> {
  const result = schema.safeParse(parameters);
  if (!result.success) throw validationError(z.prettifyError(result.error));
  return result.data;
}

/** Which attribute makes a table's items expire, kept in the database, and the removal of expired items. */
export class TimeToLive {
  readonly #engine: Engine;
  readonly #gate: Gate;
  readonly #attributes = new Map<string, string | undefined>();

  constructor(engine: Engine, gate: Gate) {
    this.#engine = engine;
    this.#gate = gate;
  }

  async attribute(table: string): Promise<string | undefined> {
    if (!this.#attributes.has(table)) {
      const stored = await this.#engine.read(`ttl~${table}`);
      this.#attributes.set(table, typeof stored === 'string' ? stored : undefined);
    }
    return this.#attributes.get(table);
  }

  async set(table: string, attribute: string | undefined): Promise<void> {
    await this.#gate.shared(() => this.#engine.write(`ttl~${table}`, attribute ?? false));
    this.#attributes.set(table, attribute);
  }

  async update(parameters: Parameters): Promise<object> {
    const { TableName, TimeToLiveSpecification: wanted } = parse(updateRequest, parameters);
    await this.#engine.table(TableName);
    const current = await this.attribute(TableName);
    if (wanted.Enabled === (current !== undefined))
      throw validationError(`TimeToLive is already ${wanted.Enabled ? 'enabled' : 'disabled'}`);
    if (!wanted.Enabled && current !== wanted.AttributeName)
      throw validationError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
      );
    await this.set(TableName, wanted.Enabled ? wanted.AttributeName : undefined);
    return { TimeToLiveSpecification: wanted };
  }

  async describe(parameters: Parameters): Promise<object> {
    const { TableName } = parse(describeRequest, parameters);
    await this.#engine.table(TableName);
    const attribute = await this.attribute(TableName);
    return {
      TimeToLiveDescription:
        attribute === undefined
          ? { TimeToLiveStatus: 'DISABLED' }
          : { TimeToLiveStatus: 'ENABLED', AttributeName: attribute },
    };
  }

  /** Deletes the expired items of the tables; an item renewed since it was read stays. `now` in s. */
  async sweep(tables: readonly string[], now: number = Date.now() / 1000): Promise<void> {
    for (const table of tables) {
      const attribute = await this.attribute(table);
      if (attribute !== undefined) await this.#sweepTable(table, attribute, Math.floor(now));
    }
  }

  async #sweepTable(TableName: string, attribute: string, now: number): Promise<void> {
    const { KeySchema } = await this.#engine.table(TableName);
    for await (const item of this.#engine.items(TableName)) {
      const expiry = expirySchema.safeParse(item[attribute]).data;
      if (expiry === undefined || expiry >= now || expiry <= now - OLDEST) continue;
      const key = Object.fromEntries(
        KeySchema.map(({ AttributeName }) => [AttributeName, item[AttributeName]]),
      );
      await this.#deleteUnlessRenewed(TableName, key, attribute, item[attribute]);
    }
  }

  async #deleteUnlessRenewed(
    TableName: string,
    Key: Parameters,
    attribute: string,
    expiry: unknown,
  ): Promise<void> {
    const parameters = this.#engine.check('DeleteItem', {
      TableName,
      Key,
      ConditionExpression: '#ttl = :expiry',
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: { ':expiry': expiry },
    });
    try {
      await this.#gate.shared(() => this.#engine.run('DeleteItem', parameters));
    } catch (error) {
      if (!isConditionFailure(error)) throw error;
    }
  }
}
