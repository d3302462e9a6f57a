import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { savePerson } from '../../../lambdas/access/sessions/people-store.ts';
import { personId } from '../../../lambdas/access/sessions/person.ts';
import {
  accessChanges,
  MOST_CHANGES,
  MOST_DECISIONS,
} from '../../../lambdas/admin/policy-testing/access-changes.ts';
import { buildSnapshot } from '../../../lambdas/policy/build-snapshot.ts';
import { indexSnapshot } from '../../../lambdas/portal/catalog.ts';
import {
  catalogOf,
  configuration,
  policyDocument,
  portalDocument,
  serverDocument,
} from '../../policy/documents.ts';
import { type Administration, startAdministration } from '../administration.ts';

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
  for (const subject of ['ann', 'bo']) {
    const id = personId('cognito', subject);
    const email = `${subject}@example.com`;
    await savePerson(admin.identity, { id, idp: 'cognito', subject, email, name: undefined, groups: [] });
  }
});
afterAll(() => admin.close());

const open = configuration([serverDocument('hr', { policies: ['all'] })], [policyDocument('all')]);
const portal = portalDocument({ servers: ['hr'], policies: ['all'] });

/** A portal whose server has so many tools. */
function catalogWith(tools: number) {
  const names = Array.from({ length: tools }, (_, index) => `tool${index}`);
  const snapshot = buildSnapshot(portal, open, new Map([['hr', catalogOf(...names)]]));
  return indexSnapshot({ version: 'v', snapshot });
}

const compare = (before: number, after: number) =>
  accessChanges(admin.api, [{ id: 'main', before: catalogWith(before), after: catalogWith(after) }]);

describe('the changes of access', () => {
  it('are all there within the bounds', async () => {
    const { changes, subjects, notes } = await compare(1, 3);
    expect([changes.length, subjects, notes]).toEqual([4, 2, []]);
  });

  it('say that they are cut when there are too many of them', async () => {
    const { changes, notes } = await compare(0, MOST_CHANGES + 1);
    expect([changes.length, notes]).toEqual([MOST_CHANGES, [expect.stringContaining('first 1 people')]]);
  });

  it('say that not everybody was looked at when there is too much to decide', async () => {
    const tools = MOST_DECISIONS / 4;
    const { subjects, notes } = await compare(tools, tools);
    expect([subjects, notes]).toEqual([1, [expect.stringContaining('first 1 people')]]);
  });
});
