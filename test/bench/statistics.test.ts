import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { median, quantile, table } from '../../bench/statistics.ts';

describe('a quantile', () => {
  it('is a sample that at least the share of all samples does not exceed', () => {
    const samples = fc.array(fc.double({ noNaN: true }), { minLength: 1 });
    fc.assert(
      fc.property(samples, fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
        const found = quantile(values, share);
        const notAbove = values.filter((value) => value <= found).length;
        const below = values.filter((value) => value < found).length;
        expect(values).toContain(found);
        expect(notAbove).toBeGreaterThanOrEqual(share * values.length);
        expect(below).toBeLessThan(share * values.length);
      }),
    );
  });

  it('of nothing is an error', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });

  it('of one half is the median', () => {
    expect(median([3, 1, 2])).toBe(2);
  });
});

describe('a table', () => {
  it('has its first column to the left and the others to the right', () => {
    expect(
      table([
        ['a', 'ms'],
        ['longer', '1'],
      ]),
    ).toBe('a       ms\nlonger   1');
  });
});
