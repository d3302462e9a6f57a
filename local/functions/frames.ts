/**
 * What travels on the channel between the host and a function process. One invocation at a time, so frames need
 * no id. A frame is its type (1 byte), the payload's length (4 bytes, big-endian) and the payload.
 */
export const frame = {
  /** To the process: one invocation as JSON. */
  invoke: 1,
  /** From the process: the handler is loaded. */
  ready: 2,
  /** From the process: some bytes of the answer. */
  chunk: 3,
  /** From the process: the answer is complete. */
  end: 4,
  /** From the process: the handler failed; the error as JSON. */
  failed: 5,
} as const;

export type FrameType = (typeof frame)[keyof typeof frame];

const HEADER_BYTES = 5;

export function encodeFrame(type: FrameType, payload: string | Uint8Array = ''): Buffer {
  const text = typeof payload === 'string';
  const length = text ? Buffer.byteLength(payload) : payload.byteLength;
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + length);
  bytes[0] = type;
  bytes.writeUInt32BE(length, 1);
  if (text) bytes.write(payload, HEADER_BYTES);
  else bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/** Cuts a byte stream into frames; bytes of an unfinished frame are kept and joined only once it is whole. */
export class FrameReader {
  readonly #onFrame: (type: number, payload: Buffer) => void;
  #parts: Buffer[] = [];
  #length = 0;
  #needed = HEADER_BYTES;

  constructor(onFrame: (type: number, payload: Buffer) => void) {
    this.#onFrame = onFrame;
  }

  push(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length < this.#needed) return;
    const data = this.#parts.length === 1 ? bytes : Buffer.concat(this.#parts, this.#length);
    const rest = data.subarray(this.#cut(data));
    this.#parts = rest.length > 0 ? [rest] : [];
    this.#length = rest.length;
  }

  /** Hands out every whole frame; returns where the unfinished one begins. */
  #cut(data: Buffer): number {
    let at = 0;
    for (;;) {
      if (data.length - at < HEADER_BYTES) {
        this.#needed = HEADER_BYTES;
        return at;
      }
      const end = at + HEADER_BYTES + data.readUInt32BE(at + 1);
      if (data.length < end) {
        this.#needed = end - at;
        return at;
      }
      this.#onFrame(data.readUInt8(at), data.subarray(at + HEADER_BYTES, end));
      at = end;
    }
  }
}

/** One invocation, as the host sends it to the process. */
export interface Invocation {
  requestId: string;
  functionArn: string;
  /** Epoch milliseconds at which the function times out. */
  deadline: number;
  event: unknown;
}

/** How a function failed, in the shape that Lambda reports. */
export interface FunctionFailure {
  errorType: string;
  errorMessage: string;
}
