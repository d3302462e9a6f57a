import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { build } from 'esbuild';
import { type FunctionView, functionEnvironment, type ServiceEndpoints } from './function-environment.ts';
import { FunctionPool } from './function-pool.ts';

export interface FunctionHostOptions {
  functions: readonly FunctionView[];
  region: string;
  endpoints: ServiceEndpoints;
  /** Holds the logs and the bundled runtime. */
  dataFolder: string;
  concurrency?: number;
  idleMilliseconds?: number;
}

/** Runs the functions, each in processes of its own, as Lambda does. */
export class FunctionHost {
  readonly #pools: ReadonlyMap<string, FunctionPool>;

  private constructor(pools: ReadonlyMap<string, FunctionPool>) {
    this.#pools = pools;
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
        concurrency: options.concurrency ?? 10,
        idleMilliseconds: options.idleMilliseconds ?? 60_000,
      });
      return [view.name, pool] as const;
    });
    return new FunctionHost(new Map(pools));
  }

  /**
   * Invokes a function by its name with an event in JSON. The answer ends normally when the function succeeded; it
   * fails with a FunctionError when the handler threw, crashed or timed out.
   */
  async invoke(functionName: string, event: string, requestId: string = randomUUID()): Promise<Readable> {
    const pool = this.#pools.get(functionName);
    if (!pool) throw new Error(`There is no function ${functionName}.`);
    return pool.invoke(requestId, event);
  }

  /** Starts one process of each of these functions, so that no first request waits for it. */
  warm(functionNames: Iterable<string>): void {
    for (const name of functionNames) this.#pools.get(name)?.warm();
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
