import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { encodeFrame, FrameReader, frame } from '../../../local/functions/frames.ts';

describe('frames on a channel', () => {
  it('arrive whole and in order however the bytes are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...Object.values(frame)), fc.uint8Array({ maxLength: 40 })), {
          maxLength: 8,
        }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (sent, cuts) => {
          const bytes = Buffer.concat(sent.map(([type, payload]) => encodeFrame(type, payload)));
          const received: [number, number[]][] = [];
          const reader = new FrameReader((type, payload) => received.push([type, [...payload]]));
          for (let at = 0, i = 0; at < bytes.length; i += 1) {
            const length = cuts[i % cuts.length] ?? 1;
            reader.push(bytes.subarray(at, at + length));
            at += length;
          }
          expect(received).toEqual(sent.map(([type, payload]) => [type, [...payload]]));
        },
      ),
    );
  });

  it('carry text as UTF-8', () => {
    const received: string[] = [];
    new FrameReader((_type, payload) => received.push(payload.toString())).push(
      encodeFrame(frame.invoke, 'grüß €'),
    );
    expect(received).toEqual(['grüß €']);
  });
});
