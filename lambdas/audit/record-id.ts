import { randomBytes } from 'node:crypto';

export interface RecordTime {
  /** UUID version 7 (RFC 9562 section 5.7). */
  id: string;
  /** Epoch milliseconds: the id's own. */
  time: number;
}

const RANDOM_BYTES = 10;
const DRAWN_AT_ONCE = 100 * RANDOM_BYTES;

/** Draws from the system's random source in larger pieces: each draw costs far more than its bytes. */
function createRandom(): () => Buffer {
  let drawn = Buffer.alloc(0);
  return () => {
    if (drawn.length === 0) drawn = randomBytes(DRAWN_AT_ONCE);
    const next = drawn.subarray(0, RANDOM_BYTES);
    drawn = drawn.subarray(RANDOM_BYTES);
    return next;
  };
}

/**
 * Ids that sort in the order in which they were made, within a millisecond (a 12-bit counter with a random
 * start, RFC 9562 section 6.2 method 1) and when the clock is set back.
 */
export function createRecordIds(now: () => number = Date.now): () => RecordTime {
  const nextRandom = createRandom();
  let last = 0;
  let counter = 0;
  return () => {
    const random = nextRandom();
    const time = now();
    if (time > last) {
      last = time;
      counter = random.readUInt16BE(0) & 0x7ff;
    } else if (++counter > 0xfff) {
      last++;
      counter = 0;
    }
    const bytes = Buffer.alloc(16);
    bytes.writeUIntBE(last, 0, 6);
    bytes.writeUInt16BE(0x7000 | counter, 6);
    random.copy(bytes, 8, 2);
    bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
    const hex = bytes.toString('hex');
    const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    return { id, time: last };
  };
}
