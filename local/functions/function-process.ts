import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { encodeFrame, FrameReader, frame, type Invocation } from './frames.ts';

/** A function failed: its handler threw, its process ended or it timed out. */
export class FunctionError extends Error {
  readonly errorType: string;

  constructor(errorType: string, message: string) {
    super(message);
    this.name = 'FunctionError';
    this.errorType = errorType;
  }
}

export interface ProcessOptions {
  runtime: string;
  codeFolder: string;
  environment: Record<string, string>;
  /** File descriptor of the function's log. */
  log: number;
  /** Is given what the function writes to its standard output. */
  output: (text: Buffer) => void;
  timeoutSeconds: number;
}

interface Answer {
  stream: Readable;
  timer: NodeJS.Timeout;
  done: () => void;
}

/**
 * One execution environment of a function: a process that serves one invocation at a time. Its answer is a byte
 * stream that ends when the function succeeded and is destroyed with a FunctionError when it failed.
 */
export class FunctionProcess {
  /** Fulfilled once the handler is loaded; rejected when the process ends before that. */
  readonly ready: Promise<void>;
  readonly closed: Promise<void>;
  readonly #options: ProcessOptions;
  readonly #child: ChildProcess;
  readonly #channel: Socket;
  #answer: Answer | undefined;
  #alive = true;

  constructor(options: ProcessOptions) {
    this.#options = options;
    this.#child = spawn(process.execPath, [options.runtime], {
      cwd: options.codeFolder,
      env: options.environment,
      stdio: ['ignore', 'pipe', options.log, 'pipe'],
    });
    this.#child.stdout?.on('data', options.output);
    const channel = this.#child.stdio[3];
    if (!(channel instanceof Socket)) throw new Error('A function process has no channel to its host.');
    this.#channel = channel;
    this.#channel.on('error', () => this.kill());
    const started = Promise.withResolvers<void>();
    started.promise.catch(() => {});
    this.ready = started.promise;
    const reader = new FrameReader((type, payload) => {
      if (type === frame.ready) started.resolve();
      else this.#receive(type, payload);
    });
    this.#channel.on('data', (bytes: Buffer) => reader.push(bytes));
    const ended = () => {
      this.#alive = false;
      const error = new FunctionError('Runtime.ExitError', 'The function ended without an answer.');
      started.reject(error);
      this.#finish(error);
    };
    this.closed = once(this.#child, 'close').then(ended, ended);
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Sends one invocation to the idle process; `done` is called when it can take the next one or has ended. */
  invoke(requestId: string, functionArn: string, event: string, done: () => void): Readable {
    const milliseconds = this.#options.timeoutSeconds * 1000;
    const stream = new Readable({ read: () => this.#channel.resume() });
    stream.on('close', () => this.#channel.resume());
    const timer = setTimeout(() => this.#timeOut(), milliseconds);
    this.#answer = { stream, timer, done };
    const invocation: Omit<Invocation, 'event'> = {
      requestId,
      functionArn,
      deadline: Date.now() + milliseconds,
    };
    this.#channel.write(
      encodeFrame(frame.invoke, `${JSON.stringify(invocation).slice(0, -1)},"event":${event}}`),
    );
    return stream;
  }

  kill(): void {
    this.#alive = false;
    this.#child.kill('SIGKILL');
  }

  #receive(type: number, payload: Buffer): void {
    if (type === frame.chunk) {
      const stream = this.#answer?.stream;
      if (stream?.destroyed === false && !stream.push(payload)) this.#channel.pause();
    } else if (type === frame.end) {
      this.#finish();
    } else if (type === frame.failed) {
      const { errorType, errorMessage } = JSON.parse(payload.toString());
      this.#finish(new FunctionError(String(errorType), String(errorMessage)));
    }
  }

  #timeOut(): void {
    this.kill();
    const { timeoutSeconds } = this.#options;
    this.#finish(new FunctionError('Sandbox.Timedout', `Task timed out after ${timeoutSeconds} seconds`));
  }

  #finish(error?: FunctionError): void {
    const answer = this.#answer;
    if (!answer) return;
    this.#answer = undefined;
    clearTimeout(answer.timer);
    this.#channel.resume();
    if (error) answer.stream.destroy(error);
    else answer.stream.push(null);
    answer.done();
  }
}
