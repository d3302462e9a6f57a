import { PassThrough } from 'node:stream';
import type { StreamingResponse } from '../shared/http.ts';
import type { JsonObject } from './json.ts';

/** Proxies and load balancers close streams that stay silent; the protocol asks for at most 15 seconds. */
const KEEP_ALIVE_MS = 12_000;

const KEEP_ALIVE = ': keep-alive\n\n';

/** CloudFront waits 60 s for the first byte: a slow server's answer becomes a stream before that. */
const SILENCE_MS = 25_000;

const STREAM_HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

export const JSON_HEADERS = { 'content-type': 'application/json', 'cache-control': 'no-store' };

/** JSON text holds no line break, so one `data` line carries it. */
const event = (text: string): string => `event: message\ndata: ${text}\n\n`;

/** The message that answers a request, as text, with its HTTP status while nothing was sent. */
export interface Final {
  text: string;
  status: number;
}

/** Where the messages of a request go that precede its result. */
export interface Outlet {
  /** Sends a message ahead of the result; a caller that takes no streams goes without it. */
  notify(message: JsonObject): void;
  /** Calls the listener when the caller closes a stream before its end. */
  onGone(listener: () => void): void;
}

/**
 * The answer to one POST: a single JSON body, or an event stream from the moment that something precedes the
 * result, or it has been silent for long. Its HTTP status is settled by then.
 */
export class Answer implements Outlet {
  /** Settles when the first byte of the answer is known. */
  readonly response: Promise<StreamingResponse>;
  readonly #streams: boolean;
  readonly #gone: (() => void)[] = [];
  #settle: (response: StreamingResponse) => void = () => undefined;
  #stream: PassThrough | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  readonly #silence: NodeJS.Timeout | undefined;

  constructor(accept: string | undefined) {
    this.#streams = accept === undefined || /text\/event-stream|text\/\*|\*\/\*/i.test(accept);
    if (this.#streams) this.#silence = setTimeout(() => this.#breakSilence(), SILENCE_MS);
    this.response = new Promise((fulfil) => {
      this.#settle = fulfil;
    });
  }

  onGone(listener: () => void): void {
    this.#gone.push(listener);
  }

  notify(message: JsonObject): void {
    if (this.#streams) this.#open().write(event(JSON.stringify(message)));
  }

  get streaming(): boolean {
    return this.#stream !== undefined;
  }

  /** Sends one of several results; only once the answer is a stream. */
  send(text: string): void {
    this.#open().write(event(text));
  }

  /** Ends the answer with the JSON text of the result or error; a stream may end without one. */
  end({ text, status }: Final | { text: undefined; status: number }): void {
    clearTimeout(this.#silence);
    clearInterval(this.#keepAlive);
    if (this.#stream) this.#stream.end(text === undefined ? undefined : event(text));
    else if (text === undefined) this.#settle({ status, headers: {}, body: '' });
    else this.#settle({ status, headers: JSON_HEADERS, body: text });
  }

  #breakSilence(): void {
    if (!this.#stream) this.#open().write(KEEP_ALIVE);
  }

  #open(): PassThrough {
    if (this.#stream) return this.#stream;
    const stream = new PassThrough();
    stream.on('error', () => undefined);
    stream.once('close', () => {
      clearInterval(this.#keepAlive);
      if (!stream.writableFinished) for (const listener of this.#gone) listener();
    });
    this.#stream = stream;
    this.#keepAlive = setInterval(() => stream.write(KEEP_ALIVE), KEEP_ALIVE_MS);
    this.#settle({ status: 200, headers: STREAM_HEADERS, body: stream });
    return stream;
  }
}
