import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { firstRing, newGeneration, publicStateOf } from '../../lambdas/access/keys/key-ring.ts';
import { JWKS_KEY } from '../../lambdas/access/keys/public-keys.ts';
import { sectionIn } from '../../lambdas/admin/health/alarms.ts';
import { healthAnswer } from '../../lambdas/admin/health/answer.ts';
import { EXPECTED_DATA_VERSION } from '../../lambdas/migrations/data-version.ts';
import { type Administration, startAdministration } from './administration.ts';
import { healthSources } from './health-sources.ts';

let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
});
afterAll(() => admin.close());
beforeEach(() => {
  admin.api.health = healthSources(admin.policies);
});

const health = async () => {
  const { status, body } = await admin.call('GET', '/health');
  expect(status).toBe(200);
  return healthAnswer.parse(body);
};

/** With the keys that verify this test's own tokens. */
async function publish(more: Record<string, unknown>): Promise<void> {
  const item = await admin.identity.get(JWKS_KEY);
  await admin.identity.put({ ...item, ...JWKS_KEY, ...more });
}

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

describe('the health of a deployment', () => {
  it('is for owners and admins', async () => {
    const { status, body } = await admin.call('GET', '/health', { as: 'alice@example.com' });
    expect([status, body.error.code]).toEqual([403, 'no_permission']);
  });

  it('says versions, the clock, the rotation and the host behind the origin', async () => {
    const { version, dataVersion, clock, signingKeyRotationDays, apiHost } = await health();
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(dataVersion).toEqual({ found: null, expected: EXPECTED_DATA_VERSION });
    expect(new Date(clock).toISOString()).toBe(clock);
    expect([signingKeyRotationDays, apiHost]).toEqual([30, 'api.example.com']);
  });

  it('says which key signs since when, and nothing that is secret', async () => {
    const generation = await newGeneration(1_760_000_000);
    const ring = publicStateOf(firstRing(generation, 1_770_000_000));
    await publish({ ring });
    const { signingKeys } = await health();
    expect(signingKeys).toEqual([
      { kid: generation.kid, status: 'signing', since: '2026-02-02T02:40:00.000Z' },
    ]);
    expect(Object.keys(ring[0] ?? {})).toEqual(['kid', 'status', 'since']);
  });

  it('says when the dispatcher came to its end last, and which work nobody took', async () => {
    expect((await health()).lastTick).toBeNull();
    const [at, since] = [minutesAgo(1), minutesAgo(10)];
    await admin.api.health.work.ticked(new Date(at));
    const work = { sk: 'current', due: 'work', queue: 'access', everySeconds: 60 };
    await admin.policies.put({ ...work, pk: 'Work#rotate-signing-key', dueAt: since });
    await admin.policies.put({ ...work, pk: 'Work#sweep-intents', dueAt: minutesAgo(1) });
    const { lastTick, overdue } = await health();
    expect([lastTick, overdue]).toEqual([at, [{ job: 'rotate-signing-key', since }]]);
  });

  it('says alarms with their section of the runbook, and the web ACL', async () => {
    const alarm = {
      name: 'Sallyport-TickMissing',
      state: 'ALARM',
      reason: 'Threshold crossed',
      since: minutesAgo(5),
      description: 'Sallyport TickMissing: it is not invoked. docs/runbook.md#tick-missing',
      runbook: 'docs/runbook.md#tick-missing',
    };
    admin.api.health = { ...admin.api.health, alarms: async () => [alarm] };
    expect(await health()).toMatchObject({ alarms: [alarm], firewall: { attached: true, name: 'Example' } });
    expect(sectionIn(alarm.description)).toBe(alarm.runbook);
    expect(sectionIn('Sallyport: a description without a section.')).toBeNull();
  });

  it('says that a part is unknown and why, never that it is well, and everything else', async () => {
    const denied = Object.assign(new Error('arn:aws:iam::1:role/x may not'), { name: 'AccessDenied' });
    const refuse = () => Promise.reject(denied);
    admin.api.health = { ...admin.api.health, alarms: refuse, firewall: refuse };
    await publish({ ring: 'not a ring' });
    const { alarms, firewall, signingKeys, lastTick } = await health();
    expect([alarms, firewall]).toEqual([
      { unknown: 'CloudWatch could not be read (AccessDenied); the log of admin-api has the cause.' },
      { unknown: 'AWS WAF could not be read (AccessDenied); the log of admin-api has the cause.' },
    ]);
    expect(signingKeys).toEqual({ unknown: expect.stringContaining('The signing keys could not be read') });
    expect(typeof lastTick).toBe('string');
  });
});
