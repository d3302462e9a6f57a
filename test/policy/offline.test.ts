import { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { judged } from './arbitrary.ts';
import { decided, expected } from './differential.ts';

const reached: unknown[] = [];
const cut = (): never => {
  reached.push(new Error().stack);
  throw new Error('The network is cut.');
};

beforeAll(() => {
  jest.spyOn(Socket.prototype, 'connect').mockImplementation(cut);
  jest.spyOn(globalThis, 'fetch').mockImplementation(cut);
});
afterAll(() => {
  jest.restoreAllMocks();
});

describe('the evaluator without a network', () => {
  it('decides as with one', () => {
    fc.assert(
      fc.property(judged, (one) => {
        expect(decided(one)).toEqual(expected(one));
      }),
      { numRuns: 200 },
    );
    expect(reached).toEqual([]);
  });

  it('what the test cuts is what a request would use', async () => {
    await expect(async () => fetch('https://example.com')).rejects.toThrow('The network is cut.');
    expect(() => new Socket().connect(9)).toThrow('The network is cut.');
    expect(reached).toHaveLength(2);
  });
});
