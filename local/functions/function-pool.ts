import { closeSync, openSync, writeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { EmbeddedMetrics } from '../cloudwatch/embedded-metrics.ts';
import type { PutMetric } from '../cloudwatch/metric-data.ts';
import type { FunctionView } from './function-environment.ts';
import { FunctionProcess } from './function-process.ts';

export interface PoolOptions {
  view: FunctionView;
  environment: Record<string, string>;
  runtime: string;
  logFile: string;
  put: PutMetric;
  /** Processes at most; further invocations wait. */
  concurrency: number;
  /** How long a process beyond the first may idle. */
  idleMilliseconds: number;
}

/** The execution environments of one function: warm ones are used first, more are started under concurrency. */
export class FunctionPool {
  readonly #options: PoolOptions;
  readonly #log: number;
  readonly #all = new Set<FunctionProcess>();
  readonly #idle: { process: FunctionProcess; since: number }[] = [];
  readonly #waiting: ((process: FunctionProcess) => void)[] = [];
  readonly #retirement: NodeJS.Timeout;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#log = openSync(options.logFile, 'a');
    this.#retirement = setInterval(() => this.#retire(), options.idleMilliseconds).unref();
  }

  /** The answer as a byte stream; rejected with a FunctionError when the function cannot even be loaded. */
  async invoke(requestId: string, event: string, alias?: string): Promise<Readable> {
    const process = await this.#acquire();
    try {
      await process.ready;
    } catch (error) {
      this.#release(process);
      throw error;
    }
    const { arn } = this.#options.view;
    const invokedArn = alias === undefined ? arn : `${arn}:${alias}`;
    const answer = process.invoke(requestId, invokedArn, event, () => this.#release(process));
    answer.on('error', (error) => this.#logFailure(requestId, error));
    return answer;
  }

  /** Starts one process ahead of the first invocation. */
  warm(): void {
    if (this.#all.size === 0) this.#rest(this.#start());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#retirement);
    const processes = [...this.#all];
    for (const process of processes) process.kill();
    await Promise.all(processes.map((process) => process.closed));
    closeSync(this.#log);
  }

  async #acquire(): Promise<FunctionProcess> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (idle.process.alive) return idle.process;
    }
    if (this.#all.size < this.#options.concurrency) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #start(): FunctionProcess {
    const { view, environment, runtime, put } = this.#options;
    const metrics = new EmbeddedMetrics(put);
    const process = new FunctionProcess({
      runtime,
      environment,
      codeFolder: view.codeFolder,
      timeoutSeconds: view.timeoutSeconds,
      log: this.#log,
      output: (text) => {
        writeSync(this.#log, text);
        metrics.read(text.toString());
      },
    });
    this.#all.add(process);
    void process.closed.then(() => this.#forget(process));
    return process;
  }

  /** The process takes the next waiting invocation or becomes idle; a dead one is replaced if any waits. */
  #release(process: FunctionProcess): void {
    if (!process.alive) {
      this.#forget(process);
      return;
    }
    const next = this.#waiting.shift();
    if (next) next(process);
    else this.#rest(process);
  }

  #rest(process: FunctionProcess): void {
    this.#idle.push({ process, since: Date.now() });
  }

  #forget(process: FunctionProcess): void {
    if (!this.#all.delete(process) || this.#stopped) return;
    this.#waiting.shift()?.(this.#start());
  }

  /** Ends what has idled for long, the longest first, and keeps one process warm. */
  #retire(): void {
    const before = Date.now() - this.#options.idleMilliseconds;
    let spare = this.#all.size - 1;
    while (spare > 0 && this.#idle[0] && this.#idle[0].since <= before) {
      this.#idle.shift()?.process.kill();
      spare -= 1;
    }
  }

  #logFailure(requestId: string, error: Error): void {
    if (!this.#stopped) writeSync(this.#log, `${JSON.stringify({ requestId, failure: error.message })}\n`);
  }
}
