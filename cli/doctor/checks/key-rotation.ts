import type { SigningKey } from '../../../lambdas/admin/health/answer.ts';
import { type Check, type Finding, fail, pass } from '../check.ts';
import { healthOf, known } from '../known-part.ts';
import { health } from './health.ts';

const DAY_MS = 86_400_000;
/** The job runs each hour; a day late is not a matter of chance any more. */
const LATE_DAYS = 1;

/** What the ages and states of the keys mean; `published` are the key ids that everybody finds. */
export function judgeKeys(
  keys: readonly SigningKey[],
  published: readonly string[],
  { everyDays, now }: { everyDays: number; now: Date },
): Finding {
  const [signing, ...others] = keys.filter(({ status }) => status === 'signing');
  if (!signing || others.length > 0)
    return fail(
      `${signing ? others.length + 1 : 'no'} keys sign`,
      'Exactly one key signs at a time.',
      'Read the logs of access-oauth and access-maintenance for what happened to the key ring.',
    );
  const missing = keys.find(({ kid, status }) => status !== 'retired' && !published.includes(kid));
  if (missing)
    return fail(
      `the key ${missing.kid} (${missing.status}) is not at /oauth/jwks`,
      'What it signs, nobody else can verify.',
      'Wait a minute and run the command again; if it stays, something in front keeps old answers.',
    );
  const days = (now.getTime() - Date.parse(signing.since)) / DAY_MS;
  const age = `${signing.kid.slice(0, 8)} signs for ${Math.floor(days)} of ${everyDays} days`;
  if (days <= everyDays + LATE_DAYS) return pass(age);
  return fail(
    age,
    'The job that changes the key does not run or fails.',
    'Look at `schedules` and at the dead letters of AccessJobs, and read the log of access-maintenance.',
  );
}

/** The key changes as often as configured. */
export const keyRotation: Check = {
  name: 'key-rotation',
  after: [health],
  async examine(visit) {
    const { signingKeys, signingKeyRotationDays, clock } = healthOf(visit);
    const published = (visit.learned.keys ?? []).map(({ kid }) => kid);
    const rules = { everyDays: signingKeyRotationDays, now: new Date(clock) };
    return judgeKeys(known(signingKeys), published, rules);
  },
};
