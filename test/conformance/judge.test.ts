import { describe, expect, it } from '@jest/globals';
import { type Checks, type Expectation, expectedFile, judge } from './judge.ts';
import { requiredOf, runSuite } from './suite.ts';

const WHY = 'because it was known before';
const checks = (...statuses: string[]): Checks =>
  statuses.map((status, index) => ({ id: `check-${index + 1}`, status }));
const passing = checks('SUCCESS', 'INFO');

/** The verdict on the scenarios `a` and `b`, of which `b` passes. */
const verdict = (a: Checks | undefined, expected: Partial<Expectation> = {}) =>
  judge(['a', 'b'], new Map([['b', passing], ...(a ? [['a', a] as const] : [])]), {
    failures: {},
    warnings: {},
    ...expected,
  });

describe('a scenario', () => {
  it.each([
    ['passes', passing],
    ['passes with advice that is known', checks('SUCCESS', 'WARNING')],
  ])('that %s counts', (_how, a) => {
    expect(verdict(a, a === passing ? {} : { warnings: { a: WHY } })).toEqual({
      passed: 2,
      required: 2,
      surprises: [],
    });
  });

  it.each([
    ['that fails', checks('SUCCESS', 'FAILURE'), 'a fails: check-2'],
    ['without a result', undefined, 'a was not run'],
    ['without checks', [], 'a was not run'],
    ['whose checks were all skipped', checks('SKIPPED'), 'a was not run'],
  ])('%s does not count, and is a surprise', (_what, a, surprise) => {
    expect(verdict(a)).toEqual({ passed: 1, required: 2, surprises: [surprise] });
  });

  it('that is expected to fail does not count, and is none', () => {
    expect(verdict(checks('FAILURE'), { failures: { a: WHY } })).toMatchObject({ passed: 1, surprises: [] });
  });

  it.each([
    ['passes although it is expected to fail', passing, { failures: { a: WHY } }],
    ['was not run although it is expected to fail', undefined, { failures: { a: WHY } }],
    ['warns', checks('SUCCESS', 'WARNING'), {}],
    ['does not warn any more', passing, { warnings: { a: WHY } }],
    [
      'fails in other checks than it may',
      checks('FAILURE', 'FAILURE'),
      { failures: { a: { checks: ['check-1'], reason: WHY } } },
    ],
    [
      'passes checks that are expected to fail',
      checks('FAILURE', 'SUCCESS'),
      { failures: { a: { checks: ['check-1', 'check-2'], reason: WHY } } },
    ],
  ])('that %s is a surprise', (_what, a, expected) => {
    expect(verdict(a, expected).surprises).toHaveLength(1);
  });
});

describe('what is expected', () => {
  it('has to be part of its set', () => {
    expect(verdict(passing, { failures: { gone: WHY } }).surprises).toEqual([
      'gone is expected, but not part of the set',
    ]);
  });

  it('has to have a reason', () => {
    expect(expectedFile.safeParse({ set: { failures: { a: '' } } }).success).toBe(false);
    expect(expectedFile.safeParse({ set: { failures: { a: { checks: ['c'] } } } }).success).toBe(false);
  });
});

describe('the suite', () => {
  it('requires 37 scenarios of servers of 2026-07-28 and 30 of those of 2025-11-25', () => {
    expect([requiredOf('2026-07-28').length, requiredOf('2025-11-25').length]).toEqual([37, 30]);
  });

  it('that ends without results is an error with what it said, not a set without failures', async () => {
    const parameters = ['server', '--url', 'http://127.0.0.1:9/mcp', '--requirements', '1999-01-01'];
    await expect(runSuite({ leg: 'server', parameters })).rejects.toThrow(/ended with 1:.*1999-01-01/s);
  });
});
