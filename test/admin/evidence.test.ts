import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MOST_DEVICES } from '../../lambdas/access/evidence/devices.ts';
import { type Administration, startAdministration } from './administration.ts';

const ALICE = 'alice@example.com';
let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
  await admin.issue(ALICE);
});
afterAll(() => admin.close());

const report = (...devices: object[]) => admin.call('PUT', '/devices', { body: { devices } });
const laptop = (more: object = {}) => ({
  id: 'laptop-7',
  person: ALICE,
  checks: { 'disk-encryption': true },
  ...more,
});
const listed = async () => (await admin.call('GET', '/devices', { query: { person: ALICE } })).body.items;
const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('devices', () => {
  it('are kept as they were last reported, and each report gets its result', async () => {
    const certificates = [`${'AB:'.repeat(31)}AB`];
    const { body } = await report(laptop({ certificates }), laptop({ person: 'nobody@example.com' }));
    expect(body.results).toEqual([
      { id: 'laptop-7', person: ALICE, result: 'stored' },
      { id: 'laptop-7', person: 'nobody@example.com', result: 'unknown-person' },
    ]);
    expect(await listed()).toMatchObject([
      { id: 'laptop-7', checks: { 'disk-encryption': true }, certificates: ['ab'.repeat(32)] },
    ]);
    await report(laptop({ checks: { firewall: false } }));
    expect(await listed()).toMatchObject([{ id: 'laptop-7', checks: { firewall: false }, certificates: [] }]);
  });

  it('are not taken back in time by a late report', async () => {
    await report(laptop());
    const late = laptop({ checks: {}, reportedAt: inHours(-1) });
    expect((await report(late)).body.results[0].result).toBe('older');
    expect(await listed()).toMatchObject([{ checks: { 'disk-encryption': true } }]);
  });

  it('are as many as a person can have: those that reported last', async () => {
    const many = Array.from({ length: MOST_DEVICES + 3 }, (_, index) =>
      laptop({ id: `d${index}`, reportedAt: inHours(-24 + index) }),
    );
    await report(...many);
    const ids = (await listed()).map(({ id }: { id: string }) => id);
    expect(ids).toHaveLength(MOST_DEVICES);
    expect(ids).toContain('laptop-7');
    expect(ids).not.toContain('d0');
  });

  it('are forgotten one by one', async () => {
    await report(laptop());
    const remove = () => admin.call('DELETE', '/devices/laptop-7', { query: { person: ALICE } });
    expect((await remove()).status).toBe(200);
    expect((await remove()).status).toBe(404);
  });

  it.each([
    ['in the future', { reportedAt: inHours(1) }, 'devices[0].reportedAt'],
    ['with a check named as no check is', { checks: { __PROTO__: true } }, 'devices[0].checks.__PROTO__'],
    [
      'with a check that says neither yes nor no',
      { checks: { firewall: 'yes' } },
      'devices[0].checks.firewall',
    ],
    ['with half a fingerprint', { certificates: ['abcd'] }, 'devices[0].certificates[0]'],
    ['with members that nobody knows', { owner: ALICE }, 'devices[0].owner'],
  ])('%s are refused, with the place', async (_name, wrong, at) => {
    const { status, body } = await report(laptop(wrong));
    expect([status, body.error.at]).toEqual([400, at]);
  });
});

describe('the risk of a person', () => {
  const state = (body: object, options: object = {}) =>
    admin.call('PUT', `/people/${encodeURIComponent(ALICE)}/risk`, { body, ...options });
  const shown = async () => (await admin.call('GET', `/people/${encodeURIComponent(ALICE)}/risk`)).body.items;

  it('is none until somebody states it, and is recorded with who did', async () => {
    expect(await shown()).toMatchObject([{ email: ALICE, level: 'none', by: null }]);
    const stated = await state({ level: 'high', reason: 'lost laptop', expiresAt: inHours(2) });
    expect(stated.body.items).toMatchObject([
      { level: 'high', reason: 'lost laptop', by: 'dana@example.com' },
    ]);
    const { body } = await admin.call('GET', '/audit', { query: { limit: '2' } });
    expect(body.items).toMatchObject([{ type: 'change', activity: 'update', status: 'success' }, {}]);
  });

  it('ends by itself', async () => {
    await state({ level: 'low', reason: 'test', expiresAt: new Date(Date.now() + 1_200).toISOString() });
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(await shown()).toMatchObject([{ level: 'none' }]);
  });

  it.each([
    ['without an end', { level: 'high', reason: 'x' }, 'expiresAt'],
    ['for ever', { level: 'high', reason: 'x', expiresAt: inHours(24 * 100) }, 'expiresAt'],
    ['without a reason', { level: 'high', reason: '', expiresAt: inHours(1) }, 'reason'],
    ['of no known level', { level: 'extreme', reason: 'x', expiresAt: inHours(1) }, 'level'],
  ])('%s is refused', async (_name, body, at) => {
    const answer = await state(body);
    expect([answer.status, answer.body.error.at]).toEqual([400, at]);
  });

  it('is nobody’s to state who has no role', async () => {
    const body = { level: 'none', reason: 'I am fine', expiresAt: inHours(1) };
    expect((await state(body, { as: ALICE })).status).toBe(403);
  });

  it('is asked of an id that is spelt as paths are', async () => {
    expect((await admin.call('GET', '/people/%E0%A4%A/risk')).status).toBe(400);
  });
});
