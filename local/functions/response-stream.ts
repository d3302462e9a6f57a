import { Writable } from 'node:stream';

type Written = (error?: Error | null) => void;
type Sink = (bytes: Uint8Array, done: Written) => void;

const streamingHandlers = new WeakSet<object>();

/** Whether the handler was wrapped with `awslambda.streamifyResponse`. */
export const isStreaming = (handler: object): boolean => streamingHandlers.has(handler);

/**
 * The stream that Lambda's Node runtime gives to a streaming handler. A prelude set by `HttpResponseStream.from`
 * goes out before the first `write()`. `end(body)` alone does not pass through `write`, so the prelude is lost,
 * as it is with Lambda's own runtime.
 */
export class ResponseStream extends Writable {
  readonly #sink: Sink;
  #prelude: Uint8Array | undefined;

  constructor(sink: Sink) {
    super();
    this.#sink = sink;
  }

  setPrelude(prelude: Uint8Array): void {
    this.#prelude = prelude;
  }

  override write(chunk: unknown, encoding?: BufferEncoding | Written, written?: Written): boolean {
    if (this.#prelude) {
      super.write(this.#prelude);
      this.#prelude = undefined;
    }
    const data = typeof chunk === 'string' || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk);
    if (typeof encoding === 'string') return super.write(data, encoding, written);
    return super.write(data, encoding ?? written);
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Written): void {
    this.#sink(chunk, done);
  }
}

/** Bytes between the prelude's JSON and the body. */
const DELIMITER = '\0'.repeat(8);

/** The global that Lambda's Node runtime defines for streaming handlers. */
export const awslambda = {
  streamifyResponse<Handler extends object>(handler: Handler): Handler {
    streamingHandlers.add(handler);
    return handler;
  },
  HttpResponseStream: {
    from(stream: ResponseStream, metadata: Record<string, unknown>): ResponseStream {
      stream.setPrelude(Buffer.from(JSON.stringify(metadata) + DELIMITER));
      return stream;
    },
  },
};
