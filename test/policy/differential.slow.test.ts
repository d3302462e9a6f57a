import { isDeepStrictEqual } from 'node:util';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judged } from './arbitrary.ts';
import { decided, expected } from './differential.ts';

const PAIRS = 100_000;

it(`${PAIRS} pairs of policies and requests are decided as the literal reading of the rules does`, () => {
  const outcomes = { allowed: 0, held: 0, blocked: 0, 'default deny': 0 };
  let pairs = 0;
  fc.assert(
    fc.property(judged, (one) => {
      const found = decided(one);
      // Compared once more by the assertion library only when it differs, which says how.
      if (!isDeepStrictEqual(found, expected(one))) expect(found).toEqual(expected(one));
      pairs++;
      if (found.allowed) outcomes.allowed++;
      else if (found.remedies.length > 0) outcomes.held++;
      else outcomes[found.policy === null ? 'default deny' : 'blocked']++;
    }),
    { numRuns: PAIRS },
  );
  expect(pairs).toBe(PAIRS);
  for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(PAIRS / 100);
}, 600_000);
