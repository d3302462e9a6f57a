import { PassThrough } from 'node:stream';
import type { StreamingResponse } from '../shared/http.ts';
import type { JsonObject } from './json.ts';

/** Proxies and load balancers close streams that stay silent; the protocol asks for at most 15 seconds. */
const KEEP_ALIVE_MS = 12_000;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

export const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** JSON text holds no line break, so one `data` line carries it. */
const event = (text: string): string => `event: message\ndata: ${text}\n\n`;

/**
 * The answer to one request: a single JSON body, or an event stream from the moment that something precedes
 * the result. Its HTTP status is settled by then.
 */
export class Answer {
  /** Settles when the first byte of the answer is known. */
  readonly response: Promise<StreamingResponse>;
  readonly #streams: boolean;
  readonly #onGone: () => void;
  #settle: (response: StreamingResponse) => void = () => undefined;
  #stream: PassThrough | undefined;
  #keepAlive: NodeJS.Timeout | undefined;

  /** `onGone` is called when the caller closes a stream before its end. */
  constructor(accept: string | undefined, onGone: () => void) {
    this.#streams = accept === undefined || /text\/event-stream|text\/\*|\*\/\*/i.test(accept);
    this.#onGone = onGone;
    this.response = new Promise((fulfil) => {
      this.#settle = fulfil;
    });
  }

  /** Sends a message ahead of the result; a caller that takes no streams goes without it. */
  notify(message: JsonObject): void {
    if (this.#streams) this.#open().write(event(JSON.stringify(message)));
  }

  /** Ends the answer with the JSON text of the result or error. */
  end(text: string, status: number): void {
    clearInterval(this.#keepAlive);
    if (this.#stream) this.#stream.end(event(text));
    else this.#settle({ status, headers: JSON_HEADERS, body: text });
  }

  #open(): PassThrough {
    if (this.#stream) return this.#stream;
    const stream = new PassThrough();
    stream.on('error', () => undefined);
    stream.once('close', () => {
      clearInterval(this.#keepAlive);
      if (!stream.writableFinished) this.#onGone();
    });
    this.#stream = stream;
    this.#keepAlive = setInterval(() => stream.write(': keep-alive\n\n'), KEEP_ALIVE_MS);
    this.#settle({ status: 200, headers: STREAM_HEADERS, body: stream });
    return stream;
  }
}
