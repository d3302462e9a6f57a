import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Engine, Operation, Parameters } from './engine.ts';
import { isConditionFailure, modelError, StoreError, unsupported, validationError } from './errors.ts';
import type { Gate } from './gate.ts';

const MAX_ITEMS = 100;
/** How long a ClientRequestToken makes a repetition harmless, in ms. */
const TOKEN_LIFETIME = 10 * 60_000;

const parameters = z.record(z.string(), z.unknown());
const writeRequest = z.strictObject({
  TransactItems: z.array(parameters).min(1).max(MAX_ITEMS),
  ClientRequestToken: z.string().min(1).max(36).nullish(),
});
const readRequest = z.strictObject({
  TransactItems: z
    .array(z.strictObject({ Get: parameters }))
    .min(1)
    .max(MAX_ITEMS),
});

const WRITES = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'DeleteItem',
} as const satisfies Record<string, Operation>;
type Write = keyof typeof WRITES;

/** One step of a transaction: its parameters are checked. */
export interface Step {
  write: Write | 'Get';
  parameters: Parameters;
}

interface CancellationReason {
  Code: string;
  Message?: string;
  Item?: unknown;
}

function parse<Schema extends z.ZodType>(schema: Schema, request: Parameters): z.output<Schema> {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === 'unrecognized_keys') throw unsupported(`the parameter ${issue.keys.join(', ')}`);
  throw validationError(`${issue?.path.join('.')}: ${issue?.message}`);
}

function toStep(engine: Engine, item: Parameters): Step {
  const members = Object.keys(item);
  const write = members.find((name): name is Write => Object.hasOwn(WRITES, name));
  if (!write || members.length !== 1)
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  const given = parse(parameters, { ...(item[write] as object) });
  if (write === 'ConditionCheck' && !given.ConditionExpression)
    throw validationError('The expression can not be empty;');
  return { write, parameters: engine.check(WRITES[write], given) };
}

/** The steps of TransactWriteItems, validated. */
export const writeSteps = (engine: Engine, request: Parameters): Step[] =>
  parse(writeRequest, request).TransactItems.map((item) => toStep(engine, item));

/** The steps of TransactGetItems, validated. */
export const readSteps = (engine: Engine, request: Parameters): Step[] =>
  parse(readRequest, request).TransactItems.map((item) => ({
    write: 'Get',
    parameters: engine.check('GetItem', item.Get),
  }));

function toReason(error: unknown): CancellationReason {
  if (isConditionFailure(error)) {
    const item = 'Item' in error.body ? { Item: error.body.Item } : {};
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...item };
  }
  if (error instanceof StoreError && String(error.body.__type).endsWith('#ValidationException'))
    return { Code: 'ValidationError', Message: error.message };
  throw error;
}

/** TransactWriteItems and TransactGetItems over an engine's single-item operations. */
export class Transactions {
  readonly #engine: Engine;
  readonly #gate: Gate;
  /** Repeated tokens are recognized as long as the process lives. */
  readonly #tokens = new Map<string, { request: Parameters; at: number }>();

  constructor(engine: Engine, gate: Gate) {
    this.#engine = engine;
    this.#gate = gate;
  }

  /** All or nothing. @throws StoreError TransactionCanceledException with one reason per step. */
  write(request: Parameters, steps: readonly Step[]): Promise<object> {
    const token = typeof request.ClientRequestToken === 'string' ? request.ClientRequestToken : undefined;
    return this.#gate.exclusive(async () => {
      if (token !== undefined && this.#isRepetition(token, request)) return {};
      await this.#rejectRepeatedItems(steps);
      const reasons: CancellationReason[] = [];
      await this.#engine.atomically(async (dryRun) => {
        for (const step of steps) reasons.push(await this.#apply(step, dryRun));
        return reasons.every(({ Code }) => Code === 'None');
      });
      if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
      if (token !== undefined) this.#tokens.set(token, { request, at: Date.now() });
      return {};
    });
  }

  /** All items as of one moment. */
  read(steps: readonly Step[]): Promise<object> {
    return this.#gate.exclusive(async () => ({
      Responses: await Promise.all(steps.map((step) => this.#engine.run('GetItem', step.parameters))),
    }));
  }

  async #apply(
    step: Step,
    dryRun: (work: () => Promise<unknown>) => Promise<void>,
  ): Promise<CancellationReason> {
    if (step.write === 'Get') throw validationError('A write transaction cannot read');
    const run = () => this.#engine.run(WRITES[step.write as Write], step.parameters);
    try {
      await (step.write === 'ConditionCheck' ? dryRun(run) : run());
      return { Code: 'None' };
    } catch (error) {
      return toReason(error);
    }
  }

  #isRepetition(token: string, request: Parameters): boolean {
    for (const [known, { at }] of this.#tokens) {
      if (at > Date.now() - TOKEN_LIFETIME) break;
      this.#tokens.delete(known);
    }
    const earlier = this.#tokens.get(token);
    if (earlier && !isDeepStrictEqual(earlier.request, request))
      throw modelError(
        'IdempotentParameterMismatchException',
        'Request parameters do not match those of the earlier request with this ClientRequestToken',
      );
    return earlier !== undefined;
  }

  async #rejectRepeatedItems(steps: readonly Step[]): Promise<void> {
    const seen = new Set<string>();
    for (const { parameters } of steps) {
      const table = await this.#engine.table(String(parameters.TableName));
      const item = parse(
        z.record(z.string(), z.unknown()),
        (parameters.Key ?? parameters.Item) as Parameters,
      );
      const key = table.KeySchema.map(({ AttributeName }) => item[AttributeName]);
      const identity = JSON.stringify([table.TableName, key]);
      if (seen.has(identity))
        throw validationError('Transaction request cannot include multiple operations on one item');
      seen.add(identity);
    }
  }
}

function cancelled(reasons: readonly CancellationReason[]): StoreError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return modelError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { CancellationReasons: reasons },
  );
}
