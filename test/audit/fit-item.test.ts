import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createChain } from '../../lambdas/audit/chain.ts';
import { cut, ITEM_LIMIT, itemSize } from '../../lambdas/audit/fit-item.ts';
import type { Actor } from '../../lambdas/audit/record.ts';
import { changeFields, outcomeFields } from '../../lambdas/audit/record-fields.ts';
import { createRecordIds } from '../../lambdas/audit/record-id.ts';

const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 3000 }), fc.string({ maxLength: 40 }));
const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/);
const anyone = { client: fc.record({ id: text, name: text }), ip: text, userAgent: text };
const actor: fc.Arbitrary<Actor> = fc.oneof(
  fc.record({
    person: fc.record({ id: fc.stringMatching(/^p_[A-Za-z0-9_-]{22}$/), email: text }),
    session: fc.stringMatching(/^[A-Za-z0-9_-]{43}$/),
    ...anyone,
  }),
  fc.record({ service: fc.record({ id, title: text }), ...anyone }),
);
const exchange = fc.record({
  exchange: fc.uuid(),
  actor,
  portal: id,
  method: text,
  server: id,
  tool: text,
  decision: fc.record({
    allowed: fc.boolean(),
    level: fc.constant('server' as const),
    policy: id,
    reason: text,
  }),
});

describe('an item that is too large', () => {
  it('is cut to the limit, whatever the text, with keys, ids and the decision whole', () => {
    const link = createChain(30);
    const nextId = createRecordIds();
    fc.assert(
      fc.property(exchange, (call) => {
        const outcome = { status: 'tool-error' as const, totalMs: 899_999.9, upstreamMs: 899_999.9 };
        const sizes = { requestBytes: 6_000_000, responseBytes: 200_000_000, errorCode: -32_603 };
        const fields = outcomeFields(call, { ...outcome, ...sizes }, 'h'.repeat(43));
        const { record } = link(fields, nextId());
        expect(itemSize(record)).toBeLessThanOrEqual(ITEM_LIMIT);
        const { exchange, person, service, session, portal, server, policy, allowed, payload } = fields;
        const whole = { exchange, person, service, session, portal, server, policy, allowed, payload };
        expect(record).toEqual(expect.objectContaining(whole));
      }),
      { numRuns: 300 },
    );
  });

  it('is cut to the limit for changes too', () => {
    const link = createChain(30);
    const nextId = createRecordIds();
    fc.assert(
      fc.property(actor, text, text, text, (who, kind, document, reason) => {
        const change = { activity: 'update' as const, actor: who, document: { kind, id: document }, reason };
        const hashes = { before: 'b'.repeat(64), after: 'a'.repeat(64) };
        const { record } = link(changeFields({ ...change, ...hashes, status: 'denied' }), nextId());
        expect(itemSize(record)).toBeLessThanOrEqual(ITEM_LIMIT);
      }),
      { numRuns: 300 },
    );
  });
});

describe('cut text', () => {
  it('keeps what fits, and says how much is missing', () => {
    expect(cut('short', 5)).toBe('short');
    expect(cut('a rather long text', 14)).toBe('a rath…[+12]');
  });

  it('has at most the bytes it may have, begins as the text does and is well formed', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.integer({ min: 16, max: 200 }),
        (text, bytes) => {
          const shorter = cut(text, bytes);
          expect(Buffer.byteLength(shorter)).toBeLessThanOrEqual(bytes);
          expect(shorter.isWellFormed()).toBe(true);
          const left = /^(.*)…\[\+(\d+)\]$/su.exec(shorter);
          if (shorter !== text)
            expect([text.startsWith(left?.[1] ?? '?'), (left?.[1] ?? '').length + Number(left?.[2])]).toEqual(
              [true, text.length],
            );
        },
      ),
    );
  });
});
