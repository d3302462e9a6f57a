import type { StreamingResponse } from '../shared/http.ts';
import { Answer, type Final, type Outlet } from './answer.ts';
import type { JsonObject } from './json.ts';

const ACCEPTED = 202;

/** The status that all of them have, when they failed alike; else each answer speaks for itself. */
function commonStatus([first, ...rest]: readonly Final[]): number {
  const status = first?.status ?? ACCEPTED;
  return rest.every((final) => final.status === status) ? status : 200;
}

/**
 * The answer to a batch: an array, or from the moment that something precedes a result, one event stream with
 * each result as its own event (2025-03-26, Streamable HTTP). Without a request there is nothing to answer.
 */
export class BatchAnswer implements Outlet {
  readonly #answer: Answer;
  readonly #finals: Final[] = [];
  #bytes = 0;
  #gone = false;

  constructor(accept: string | undefined) {
    this.#answer = new Answer(accept);
    this.#answer.onGone(() => {
      this.#gone = true;
    });
  }

  get response(): Promise<StreamingResponse> {
    return this.#answer.response;
  }

  /** UTF-8 bytes of the results so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The caller has closed the stream. */
  get gone(): boolean {
    return this.#gone;
  }

  onGone(listener: () => void): void {
    this.#answer.onGone(listener);
  }

  notify(message: JsonObject): void {
    this.#answer.notify(message);
    this.#sendWaiting();
  }

  add(final: Final): void {
    this.#bytes += Buffer.byteLength(final.text);
    this.#finals.push(final);
    this.#sendWaiting();
  }

  end(): void {
    this.#sendWaiting();
    const status = commonStatus(this.#finals);
    if (this.#answer.streaming || this.#finals.length === 0) this.#answer.end({ text: undefined, status });
    else this.#answer.end({ text: `[${this.#finals.map(({ text }) => text).join(',')}]`, status });
  }

  /** Once the answer is a stream, each result is an event of it. */
  #sendWaiting(): void {
    if (!this.#answer.streaming) return;
    for (const { text } of this.#finals.splice(0)) this.#answer.send(text);
  }
}
