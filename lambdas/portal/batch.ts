import type { StreamingResponse } from '../shared/http.ts';
import type { Admitted } from './admission.ts';
import type { Final } from './answer.ts';
import { BatchAnswer } from './batch-answer.ts';
import { idOf, isNotification } from './checks/message.ts';
import { code, RpcError } from './json-rpc.ts';
import { type Arrival, type Entered, errorFinal } from './message-entry.ts';
import { countRelayError } from './relay-error.ts';
import { accessEnded } from './time-limits.ts';

/** Messages of one batch that are at work at the same time: a batch must not crowd out other people. */
const AT_ONCE = 4;
/** UTF-8 bytes of results, which are held until the last one is there. */
const RESULTS_LIMIT = 10 * 1024 * 1024;

const keyOf = (message: unknown): string => JSON.stringify(idOf(message));

/** Ids that several messages have: whose answer is whose could not be told. */
function repeatedIds(messages: readonly unknown[]): ReadonlySet<string> {
  const keys = messages.filter((message) => idOf(message) !== null).map(keyOf);
  return new Set(keys.filter((key, index) => keys.indexOf(key) !== index));
}

export interface BatchOptions {
  messages: readonly unknown[];
  arrival: Pick<Arrival, 'http' | 'admitted' | 'limitMs'>;
  enter: (arrival: Arrival) => Promise<Entered>;
  sessionNow: (admitted: Admitted) => Promise<Admitted['session']>;
}

/** Several messages of one body, each decided, recorded and limited on its own (2025-03-26, JSON-RPC batches). */
class Batch {
  readonly #options: BatchOptions;
  readonly #answer: BatchAnswer;
  readonly #repeated: ReadonlySet<string>;
  readonly #deadline: number;

  constructor(options: BatchOptions) {
    this.#options = options;
    this.#answer = new BatchAnswer(options.arrival.http.headers.accept);
    this.#repeated = repeatedIds(options.messages);
    this.#deadline = performance.now() + options.arrival.limitMs;
  }

  answer(): Promise<StreamingResponse> {
    void this.#run();
    return this.#answer.response;
  }

  /** Never rejects: every message gets its answer. */
  async #run(): Promise<void> {
    const waiting = this.#options.messages.values();
    const work = async () => {
      for (const message of waiting) {
        if (this.#answer.gone) return;
        const final = await this.#serve(message);
        if (final) this.#answer.add(final);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    this.#answer.end();
  }

  async #serve(message: unknown): Promise<Final | undefined> {
    try {
      this.#checkRoom(message);
      const entered = await this.#options.enter(await this.#arrivalOf(message));
      if (entered.kind === 'conversation') return await entered.conversation.run(this.#answer);
      return entered.kind === 'final' ? entered.final : undefined;
    } catch (error) {
      // Nobody waits for it, whatever became of it (JSON-RPC 2.0 section 4.1).
      if (isNotification(message)) return undefined;
      countRelayError(error);
      return errorFinal(idOf(message), error instanceof RpcError ? error : accessEnded(error));
    }
  }

  /** Refuses, before anything is done, what the batch leaves no room for. */
  #checkRoom(message: unknown): void {
    if (this.#repeated.has(keyOf(message)))
      throw new RpcError(code.invalidRequest, 'Several messages of the batch have this id: none was run.');
    if (this.#answer.bytes > RESULTS_LIMIT)
      throw new RpcError(
        code.tooLarge,
        'The results of the batch are too large together: this message was not run. Send it by itself.',
      );
    if (performance.now() >= this.#deadline)
      throw new RpcError(
        code.upstreamTimeout,
        'The batch took too long: this message was not run. Send it by itself.',
      );
  }

  /** A session may end while the earlier messages are at work. */
  async #arrivalOf(message: unknown): Promise<Arrival> {
    const { http, admitted } = this.#options.arrival;
    const session = await this.#options.sessionNow(admitted);
    return {
      http,
      admitted: { ...admitted, session },
      message,
      bytes: Buffer.byteLength(JSON.stringify(message)),
      batched: true,
      limitMs: Math.max(1, this.#deadline - performance.now()),
    };
  }
}

export const answerBatch = (options: BatchOptions): Promise<StreamingResponse> => new Batch(options).answer();
