import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { putFunctionMetric } from '../cloudwatch/function-metrics.ts';
import type { PutMetric } from '../cloudwatch/metric-data.ts';
import { type FunctionView, functionEnvironment, type ServiceEndpoints } from './function-environment.ts';
import { FunctionPool } from './function-pool.ts';
import { FunctionError } from './function-process.ts';

/** What an account has in a region unless it asked for more. */
const ACCOUNT_CONCURRENCY = 1000;

export interface FunctionHostOptions {
  functions: readonly FunctionView[];
  region: string;
  endpoints: ServiceEndpoints;
  /** Holds the logs and the bundled runtime. */
  dataFolder: string;
  /** Processes of one function at most; further invocations wait. */
  concurrency?: number;
  /** Invocations at a time, of all functions; further ones are refused, as Lambda does. */
  accountConcurrency?: number;
  put?: PutMetric;
  idleMilliseconds?: number;
}

/** Runs the functions, each in processes of its own, as Lambda does. */
export class FunctionHost {
  readonly #pools: ReadonlyMap<string, FunctionPool>;
  readonly #put: PutMetric;
  readonly #accountConcurrency: number;
  #underWay = 0;

  private constructor(pools: ReadonlyMap<string, FunctionPool>, options: FunctionHostOptions) {
    this.#pools = pools;
    this.#put = options.put ?? (() => undefined);
    this.#accountConcurrency = options.accountConcurrency ?? ACCOUNT_CONCURRENCY;
  }

  static async start(options: FunctionHostOptions): Promise<FunctionHost> {
    const logs = join(options.dataFolder, 'logs');
    mkdirSync(logs, { recursive: true });
    const runtime = await bundleRuntime(options.dataFolder);
    const pools = options.functions.map((view) => {
      const pool = new FunctionPool({
        view,
        runtime,
        environment: functionEnvironment(view, options.region, options.endpoints),
        logFile: join(logs, `${view.name}.log`),
        put: options.put ?? (() => undefined),
        concurrency: options.concurrency ?? 10,
        idleMilliseconds: options.idleMilliseconds ?? 60_000,
      });
      return [view.name, pool] as const;
    });
    return new FunctionHost(new Map(pools), options);
  }

  /**
   * Invokes a function by its name, or by `name:alias`, with an event in JSON. The answer ends normally when the function succeeded; it
   * fails with a FunctionError when the handler threw, crashed or timed out, or when too much is under way.
   */
  async invoke(functionName: string, event: string, requestId: string = randomUUID()): Promise<Readable> {
    const pool = this.#pool(functionName);
    if (!pool) throw new Error(`There is no function ${functionName}.`);
    const measure = (name: 'Duration' | 'Errors' | 'Invocations' | 'Throttles', value: number) =>
      putFunctionMetric(this.#put, functionName, name, value);
    const throttled = this.#underWay >= this.#accountConcurrency;
    measure('Throttles', throttled ? 1 : 0);
    if (throttled) throw new FunctionError('TooManyRequestsException', 'Rate Exceeded.');
    this.#underWay += 1;
    const started = performance.now();
    const done = (failed: boolean) => {
      this.#underWay -= 1;
      measure('Invocations', 1);
      measure('Errors', failed ? 1 : 0);
      measure('Duration', performance.now() - started);
    };
    try {
      const answer = await pool.invoke(requestId, event, functionName.split(':')[1]);
      let failed = false;
      answer.once('error', () => {
        failed = true;
      });
      answer.once('close', () => done(failed));
      return answer;
    } catch (error) {
      done(true);
      throw error;
    }
  }

  /** Starts one process of each of these functions, so that no first request waits for it. */
  warm(functionNames: Iterable<string>): void {
    for (const name of functionNames) this.#pool(name)?.warm();
  }

  #pool(functionName: string): FunctionPool | undefined {
    return this.#pools.get(functionName.split(':')[0] ?? '');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.stop()));
  }
}

/** One file of plain JavaScript: a process that had to strip types first would start at a third of the speed. */
async function bundleRuntime(folder: string): Promise<string> {
  const outfile = join(folder, 'function-runtime.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'runtime.ts')],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'warning',
  });
  return outfile;
}
