import { Writable } from 'node:stream';

/** Begins every function's process: what AWS's Node runtime has and the emulator's has not (see gaps.ts). */

class Collected extends Writable {
  readonly #parts: Buffer[] = [];
  metadata: Record<string, unknown> = {};

  override _write(part: Uint8Array, _encoding: string, done: () => void): void {
    this.#parts.push(Buffer.from(part));
    done();
  }

  get answer(): object {
    return { ...this.metadata, body: Buffer.concat(this.#parts).toString('utf8') };
  }
}

type StreamingHandler = (event: unknown, stream: Collected, context: unknown) => Promise<unknown>;

/** A streamed answer, collected until its end. */
const streamifyResponse = (handler: StreamingHandler) => async (event: unknown, context: unknown) => {
  const stream = new Collected();
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  stream.once('finish', resolve);
  stream.once('error', reject);
  await handler(event, stream, context);
  await ended;
  return stream.answer;
};

const HttpResponseStream = {
  from(stream: Collected, metadata: Record<string, unknown>): Collected {
    stream.metadata = metadata;
    return stream;
  },
};

Object.assign(globalThis, { awslambda: { streamifyResponse, HttpResponseStream } });

const { fetch } = globalThis;
const emulator = process.env.AWS_ENDPOINT_URL;

/** An address of the emulator's, as Cognito's discovery document has it: by https. */
function isEmulators(url: URL, own: URL): boolean {
  return url.hostname.endsWith('.amazonaws.com') || url.host === own.host;
}

globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (emulator === undefined || !isEmulators(url, new URL(emulator))) return fetch(input, init);
  const request = new Request(new URL(url.pathname + url.search, emulator), new Request(input, init));
  request.headers.set('x-forwarded-proto', 'https');
  return fetch(request);
};
