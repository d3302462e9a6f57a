import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judged } from './arbitrary.ts';
import { decided, expected } from './differential.ts';

it('every kind of policy decides as the literal reading of the rules does, with the same trace', () => {
  fc.assert(
    fc.property(judged, (one) => {
      expect(decided(one)).toEqual(expected(one));
    }),
    { numRuns: 1_500 },
  );
});
