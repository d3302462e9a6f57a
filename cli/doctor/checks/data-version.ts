import { type Check, type Finding, fail, pass } from '../check.ts';
import { healthOf, known } from '../known-part.ts';
import { health } from './health.ts';

/** What the version of the stored data means to the code; null is data before the first migration. */
export function judgeDataVersion(found: number | null, expected: number): Finding {
  const stored = found ?? 0;
  if (stored === expected) return pass(`${stored}, as the code expects`);
  if (stored > expected)
    return fail(
      `the data has version ${stored}, the code knows ${expected}`,
      'Older code was deployed over data of a newer version; it may misread it.',
      'Deploy the newer version again; CHANGELOG.md says whether there is a way back.',
    );
  return fail(
    `the data has version ${stored}, the code expects ${expected}`,
    'The migration has not run to its end.',
    'It runs within minutes of a deployment. If it stays so, read the log of the migration and look at the dead letters; the job is migrate-data.',
  );
}

/** The stored data has the version that the code works with. */
export const dataVersion: Check = {
  name: 'data-version',
  after: [health],
  async examine(visit) {
    const { found, expected } = healthOf(visit).dataVersion;
    return judgeDataVersion(known(found), expected);
  },
};
