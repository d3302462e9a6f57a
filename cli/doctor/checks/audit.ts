import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { askAdmin } from '../admin-request.ts';
import { type Check, fail, pass, skip } from '../check.ts';
import { mustHave } from '../explain-answer.ts';
import type { Visit } from '../visit.ts';
import { whoAmI } from './who-am-i.ts';

const records = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      type: z.string(),
      status: z.string().optional(),
      userAgent: z.string().optional(),
    }),
  ),
});

const TRIES = 6;
/** The function's clock dates records; a difference below this is no failure of the audit. */
const BACK_MS = 5 * 60_000;

/** The record of the refused call; where no call was possible, one of the sign-in. */
async function find(visit: Visit) {
  const { refusedAs, email = '', functionAhead = 0 } = visit.learned;
  const since = new Date(visit.began.getTime() + functionAhead - (refusedAs ? BACK_MS : 1_000)).toISOString();
  const query = new URLSearchParams({ since, person: email, limit: '50' });
  const { items } = mustHave(
    await askAdmin(visit, `/audit?${query.toString()}`),
    records,
    'GET /api/v1/audit',
  );
  return items.find(({ type, userAgent }) =>
    refusedAs ? userAgent === refusedAs : type === 'authentication',
  );
}

/** The audit has what was just refused. */
export const audit: Check = {
  name: 'audit',
  after: [whoAmI],
  async examine(visit) {
    const { permissions, email, refusedAs } = visit.learned;
    if (!permissions?.includes('audit:read')) return skip(`${email} may not read the audit`);
    const what = refusedAs ? 'the refused call' : 'the sign-in';
    for (let tried = 0; tried < TRIES; tried++) {
      const found = await find(visit);
      if (found) return pass(`${what}: record ${found.id}, ${found.status ?? found.type}`);
      await sleep(500);
    }
    return fail(
      `the audit has no record of ${what}`,
      'What people do must leave a record, or nobody can say later what happened.',
      'Read the logs of portal-relay and access-oauth for “not recorded”; docs/runbook.md#audit-refused goes on from there.',
    );
  },
};
