import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Authorizer, principalOf } from '../iam/authorizer.ts';
import { listenOnLoopback, readBody } from '../services/loopback.ts';
import type { TableDefinition } from './definitions.ts';
import { Engine } from './engine.ts';
import { StoreError, serviceError } from './errors.ts';
import { Gate } from './gate.ts';
import { createOperations, type Operations } from './operations.ts';
import { ensureTables } from './tables.ts';
import { type Throttled, Throughput } from './throughput.ts';
import { TimeToLive } from './time-to-live.ts';

const SWEEP_INTERVAL = 10 * 60_000;
const MAX_BODY = 16 * 1024 * 1024;

export interface StoreOptions {
  /** 0 for any free port. */
  port: number;
  /** Folder of the database; without it the tables live in memory. */
  path?: string | undefined;
  tables: readonly TableDefinition[];
  authorize: Authorizer;
  /** Is told of every unit that a table refused. */
  throttled?: Throttled | undefined;
  /** Units of each table in a second; AWS's quota unless given. */
  unitsPerSecond?: number | undefined;
}

export interface RunningStore {
  endpoint: string;
  /** Deletes expired items now; otherwise it happens every ten minutes. `now` in seconds since the epoch. */
  sweep: (now?: number) => Promise<void>;
  close: () => Promise<void>;
}

/**
 * Starts the table store on the loopback interface.
 * @throws Error when the port is taken, the database is in use, or a stored table has other keys than its definition.
 */
export async function startStore(options: StoreOptions): Promise<RunningStore> {
  const engine = await openEngine(options.path);
  try {
    const gate = new Gate();
    const timeToLive = new TimeToLive(engine, gate);
    const tables = await ensureTables(engine, timeToLive, options.tables);
    const { authorize } = options;
    const throughput = new Throughput(options.throttled, options.unitsPerSecond);
    const operations = createOperations({ engine, gate, timeToLive, tables, authorize, throughput });
    const server = await listenOnLoopback(options.port, (request, response) => {
      void answer(operations, request, response);
    });
    const sweep = (now?: number) => timeToLive.sweep([...tables.keys()], now);
    const timer = setInterval(() => void sweep().catch(console.error), SWEEP_INTERVAL).unref();
    return {
      endpoint: server.origin,
      sweep,
      async close() {
        clearInterval(timer);
        await server.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

async function openEngine(path: string | undefined): Promise<Engine> {
  try {
    return await Engine.open(path);
  } catch (cause) {
    const reason =
      cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
    const inUse = /lock/i.test(reason);
    throw new Error(
      inUse
        ? `The tables in ${path} are in use by another process: stop it or choose another folder.`
        : `The tables in ${path} cannot be opened: ${reason}`,
      { cause },
    );
  }
}

async function answer(
  operations: Operations,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await readBody(request, MAX_BODY);
    if (!body) throw serviceError('RequestTooLarge', 'The request is over 16 MB.', 413);
    send(response, 200, await perform(operations, request, body.toString('utf8')));
  } catch (error) {
    if (error instanceof StoreError) return send(response, error.status, error.body);
    console.error(error);
    const failure = serviceError(
      'InternalServerError',
      'The local table store failed; its log says why.',
      500,
    );
    send(response, failure.status, failure.body);
  }
}

async function perform(operations: Operations, request: IncomingMessage, body: string): Promise<unknown> {
  const [version, operation] = String(request.headers['x-amz-target'] ?? '').split('.', 2);
  if (version !== 'DynamoDB_20120810')
    throw serviceError('UnknownOperationException', 'The X-Amz-Target header names no DynamoDB operation.');
  const principal = principalOf(request.headers.authorization);
  if (!principal)
    throw serviceError('MissingAuthenticationTokenException', 'Request is missing Authentication Token');
  return operations(principal, operation ?? '', parseBody(body));
}

function parseBody(body: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch {}
  throw serviceError('SerializationException', 'The request body is no JSON object.');
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.0',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
