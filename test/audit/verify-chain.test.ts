import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createChain } from '../../lambdas/audit/chain.ts';
import { createRecordIds } from '../../lambdas/audit/record-id.ts';
import { recordHash, type StoredRecord } from '../../lambdas/audit/stored-record.ts';
import { verifyChain } from '../../lambdas/audit/verify-chain.ts';

type Attributes = Record<string, unknown>;

function chainOf(length: number): (StoredRecord & Attributes)[] {
  const link = createChain(30);
  const nextId = createRecordIds();
  return Array.from({ length }, (_, n) => ({
    ...link({ type: 'intent', exchange: `x${n}`, tool: 'look', allowed: true, totalMs: n / 10 }, nextId())
      .record,
  }));
}

/** What someone does who can write to the table and computes hashes, too. */
const reseal = (item: Attributes): Attributes => ({ ...item, hash: recordHash(item) });

describe('the check of a chain', () => {
  it('finds an untouched chain intact, in whatever order the items come', () => {
    const items = chainOf(12);
    fc.assert(
      fc.property(fc.shuffledSubarray(items, { minLength: 12 }), (shuffled) => {
        expect(verifyChain(shuffled)).toEqual({ intact: true, first: 0, last: 11, head: items[11]?.hash });
      }),
      { numRuns: 20 },
    );
  });

  it('accepts a chain whose oldest records expired, and says where it begins', () => {
    expect(verifyChain(chainOf(9).slice(4))).toMatchObject({ intact: true, first: 4, last: 8 });
  });

  it('finds any attribute that was altered, added or removed', () => {
    const items = chainOf(6);
    const names = Object.keys(items[0] ?? {}).filter(
      (name) => !['chain', 'seq', 'prev', 'hash'].includes(name),
    );
    fc.assert(
      fc.property(
        fc.nat(5),
        fc.constantFrom(...names, 'added'),
        fc.constantFrom('x', 7, false, undefined),
        (at, name, value) => {
          const tampered = items.map((item, n) => (n === at ? { ...item, [name]: value } : item));
          if (name === 'added' && value === undefined) return;
          if (items[at]?.[name] === value) return;
          expect(verifyChain(tampered)).toMatchObject({ intact: false, fault: 'altered', seq: at });
        },
      ),
    );
  });

  it('finds a record that was altered and sealed again, at the one that follows', () => {
    const items = chainOf(6);
    const tampered = items.map((item, n) => (n === 2 ? reseal({ ...item, tool: 'harmless' }) : item));
    expect(verifyChain(tampered)).toMatchObject({ intact: false, fault: 'wrong-prev', seq: 3 });
  });

  it('finds a record that is missing, there twice, or of another chain', () => {
    const items = chainOf(6);
    expect(verifyChain(items.toSpliced(3, 1))).toMatchObject({ intact: false, fault: 'missing', seq: 3 });
    expect(verifyChain([...items, { ...items[2] }])).toMatchObject({
      intact: false,
      fault: 'duplicate',
      seq: 2,
    });
    expect(verifyChain(items.toSpliced(4, 1, ...chainOf(5).slice(4)))).toMatchObject({
      intact: false,
      fault: 'other-chain',
      seq: 4,
    });
  });

  it('finds records that were removed and their successors counted anew', () => {
    const items: Attributes[] = chainOf(6);
    const closed = items.toSpliced(3, 1).map((item, n) => (n < 3 ? item : reseal({ ...item, seq: n })));
    expect(verifyChain(closed)).toMatchObject({ intact: false, fault: 'wrong-prev', seq: 3 });
  });

  it('does not take a later record for a first one', () => {
    const [, second] = chainOf(2);
    expect(verifyChain([reseal({ ...second, seq: 0 })])).toMatchObject({
      intact: false,
      fault: 'wrong-prev',
    });
    expect(verifyChain([reseal({ ...second, prev: '' })])).toMatchObject({
      intact: false,
      fault: 'wrong-prev',
    });
  });

  it.each([{}, { chain: 'c', seq: 1.5, prev: '', hash: '' }, { chain: 'c', seq: -1, prev: '', hash: '' }])(
    'refuses what is no record: %j',
    (item) => {
      expect(verifyChain([...chainOf(2), item])).toMatchObject({
        intact: false,
        fault: 'not-a-record',
        seq: null,
      });
    },
  );

  it('has nothing to say for no items', () => {
    expect(verifyChain([])).toMatchObject({ intact: false, fault: 'missing', seq: 0 });
  });
});

describe('record ids', () => {
  it('sort as they were made, are unique and are UUIDs of version 7', () => {
    let clock = 1_800_000_000_000;
    const nextId = createRecordIds(() => clock);
    const ids = Array.from({ length: 10_000 }, (_, n) => {
      if (n % 500 === 0) clock += 1;
      if (n === 7000) clock -= 60_000;
      return nextId().id;
    });
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
    for (const id of ids.slice(0, 10))
      expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  });
});
