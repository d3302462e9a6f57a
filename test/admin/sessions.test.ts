import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  findAccessSession,
  findPeopleByEmail,
  saveAccessSession,
} from '../../lambdas/access/sessions/people-store.ts';
import type { AuditWriter } from '../../lambdas/audit/record.ts';
import { SallyportError } from '../../lambdas/shared/errors.ts';
import { resourcesOf } from '../../lambdas/shared/origin.ts';
import { type Administration, type CallOptions, ORIGIN, startAdministration } from './administration.ts';

const [ALICE, BOB, DANA] = ['alice@example.com', 'bob@example.com', 'dana@example.com'];
let admin: Administration;
beforeAll(async () => {
  admin = await startAdministration();
});
afterAll(() => admin.close());

const idOf = async (email: string) => (await findPeopleByEmail(admin.identity, email))[0]?.id ?? '';

/** One more sign-in of a person, with a connection of one application. */
async function signedIn(email: string, sid: string, client: string): Promise<void> {
  const [person] = await findPeopleByEmail(admin.identity, email);
  if (!person) throw new Error(`${email} has not signed in`);
  const now = Math.floor(Date.now() / 1000);
  const device = { ip: '198.51.100.4', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };
  const times = { authenticatedAt: now, expiresAt: now + 600 };
  await saveAccessSession(admin.identity, { sid, person, device, ...times });
  const grant = { person: person.id, clientId: client, clientName: 'Notebook', sid, grantedAt: now };
  await admin.identity.put({ pk: `Grant#g-${sid}`, sk: 'current', ...grant, ttl: now + 600 });
  await admin.identity.update(
    { pk: `AccessSession#${sid}`, sk: 'current' },
    { expression: 'SET grants = :g', values: { ':g': new Set([`g-${sid}`]) } },
  );
}

const isSignedIn = async (sid: string) => (await findAccessSession(admin.identity, sid)) !== undefined;
const isConnected = async (sid: string) =>
  (await admin.identity.get({ pk: `Grant#g-${sid}`, sk: 'current' })) !== undefined;
const revoke = (body: unknown, options: CallOptions = {}) =>
  admin.call('POST', '/sessions/revoke', { body, ...options });
const revokeMine = (body: unknown, as: string) => admin.call('POST', '/me/sessions/revoke', { body, as });
const lastRecord = async () => (await admin.call('GET', '/audit', { query: { limit: '1' } })).body.items[0];

beforeEach(async () => {
  for (const email of [ALICE, BOB]) await admin.issue(email);
  for (const sid of ['a-laptop', 'a-phone', 'b-laptop'])
    await admin.identity.delete({ pk: `AccessSession#${sid}`, sk: 'current' });
  await signedIn(ALICE, 'a-laptop', 'client-notebook');
  await signedIn(ALICE, 'a-phone', 'client-other');
  await signedIn(BOB, 'b-laptop', 'client-notebook');
});

describe('an owner', () => {
  it.each([
    ['e-mail address', async () => 'Alice@Example.com'],
    ['id', () => idOf(ALICE)],
  ])('sees the sessions of a person by %s', async (_by, who) => {
    const { status, body } = await admin.call('GET', '/sessions', { query: { person: await who() } });
    expect([status, body.next]).toEqual([200, null]);
    expect(body.items).toContainEqual({
      id: 'a-laptop',
      person: { id: await idOf(ALICE), email: ALICE, name: 'alice' },
      device: {
        label: 'Firefox on Linux',
        ip: '198.51.100.4',
        userAgent: expect.stringContaining('Firefox'),
      },
      signedInAt: expect.any(String),
      expiresAt: expect.any(String),
      applications: [
        {
          grant: 'g-a-laptop',
          client: 'client-notebook',
          name: 'Notebook',
          grantedAt: expect.any(String),
        },
      ],
    });
    const ids = body.items.map(({ id }: { id: string }) => id);
    expect(ids).toContain('a-phone');
    expect(ids).not.toContain('b-laptop');
  });

  it('sees who has connected an application', async () => {
    const { body } = await admin.call('GET', '/sessions', { query: { client: 'client-notebook' } });
    expect(body.items.map(({ id }: { id: string }) => id).toSorted()).toEqual(['a-laptop', 'b-laptop']);
  });

  it.each([
    ['nothing', {}, 400],
    ['both', { person: ALICE, client: 'client-notebook' }, 400],
    ['somebody who never signed in', { person: 'nobody@example.com' }, 404],
  ])('is told what to do when asking for %s', async (_what, query, status) => {
    const answer = await admin.call('GET', '/sessions', { query });
    expect([answer.status, answer.body.error.at]).toEqual([status, 'query person']);
  });

  it('ends one sign-in', async () => {
    const { status, body } = await revoke({ session: 'a-laptop' });
    expect([status, body]).toEqual([200, { ended: { sessions: ['a-laptop'], grants: ['g-a-laptop'] } }]);
    expect([await isSignedIn('a-laptop'), await isSignedIn('a-phone')]).toEqual([false, true]);
    expect(await lastRecord()).toMatchObject({
      type: 'authentication',
      activity: 'revocation',
      status: 'success',
      person: { email: DANA },
      client: { id: 'sallyport-cli' },
      reason: 'The sign-in a-laptop of alice@example.com was ended.',
    });
  });

  it('ends one connection', async () => {
    const { body } = await revoke({ grant: 'g-a-laptop' });
    expect(body.ended).toEqual({ sessions: [], grants: ['g-a-laptop'] });
    expect([await isConnected('a-laptop'), await isSignedIn('a-laptop')]).toEqual([false, true]);
  });

  it('ends an application for everybody', async () => {
    const { body } = await revoke({ client: 'client-notebook' });
    expect(body.ended.grants.toSorted()).toEqual(['g-a-laptop', 'g-b-laptop']);
    expect([await isConnected('a-phone'), await isSignedIn('a-laptop')]).toEqual([true, true]);
  });

  it('ends everything of a person', async () => {
    const { body } = await revoke({ person: ALICE });
    expect(body.ended.sessions).toEqual(expect.arrayContaining(['a-laptop', 'a-phone']));
    expect([await isSignedIn('a-laptop'), await isSignedIn('b-laptop')]).toEqual([false, true]);
    expect((await lastRecord()).reason).toContain('Every sign-in of alice@example.com');
  });

  it.each([
    ['a sign-in that has ended', { session: 'gone' }, 404, 'session'],
    ['a connection that has ended', { grant: 'gone' }, 404, 'grant'],
    ['an application that nobody has', { client: 'client-unknown' }, 404, 'client'],
    ['a service token', { client: 'service-reports' }, 400, 'client'],
    ['somebody who never signed in', { person: 'p_unknown' }, 404, 'person'],
    ['a key that is too long', { session: 's'.repeat(1024) }, 404, 'session'],
  ])('is refused for %s, and nothing is recorded as done', async (_what, body, status, at) => {
    const before = await lastRecord();
    const answer = await revoke(body);
    expect([answer.status, answer.body.error.at]).toEqual([status, at]);
    expect((await lastRecord()).id).toBe(before.id);
  });

  it.each([
    ['two things at once', { session: 'a-laptop', person: ALICE }],
    ['nothing', {}],
    ['everything there is', { everywhere: true }],
    ['no object', []],
  ])('is refused for %s', async (_what, body) => {
    expect((await revoke(body)).status).toBe(400);
    expect(await isSignedIn('a-laptop')).toBe(true);
  });

  it('ends nothing that cannot be recorded', async () => {
    const { audit } = admin.api;
    const fails = async () => {
      throw new SallyportError('audit_unavailable', 503, 'The record could not be stored.');
    };
    admin.api.audit = { ...audit, authentication: fails } satisfies AuditWriter;
    try {
      for (const body of [{ session: 'a-laptop' }, { person: ALICE }])
        expect((await revoke(body)).status).toBe(503);
    } finally {
      admin.api.audit = audit;
    }
    expect(await isSignedIn('a-laptop')).toBe(true);
  });
});

describe('a person without a role', () => {
  it('sees their own sessions and nobody else’s', async () => {
    const { status, body } = await admin.call('GET', '/me/sessions', { as: ALICE });
    expect(status).toBe(200);
    const people = new Set(body.items.map(({ person }: { person: { email: string } }) => person.email));
    expect([...people]).toEqual([ALICE]);
    const asked = await admin.call('GET', '/me/sessions', { as: ALICE, query: { person: BOB } });
    expect(asked.status).toBe(400);
  });

  it.each([
    ['GET', '/sessions', { query: { person: BOB } }],
    ['GET', '/sessions', { query: { person: ALICE } }],
    ['GET', '/sessions', { query: { client: 'client-notebook' } }],
    ['POST', '/sessions/revoke', { body: { session: 'b-laptop' } }],
    ['POST', '/sessions/revoke', { body: { person: BOB } }],
    ['POST', '/sessions/revoke', { body: { client: 'client-notebook' } }],
  ])('is refused at %s %s %j', async (method, path, options) => {
    const { status, body } = await admin.call(method, path, { as: ALICE, ...options });
    expect([status, body.error.code]).toEqual([403, 'no_permission']);
    expect([await isSignedIn('b-laptop'), await isConnected('b-laptop')]).toEqual([true, true]);
  });

  it.each(['session', 'grant'])('cannot end somebody else’s %s, nor learn that it exists', async (what) => {
    const id = what === 'session' ? 'b-laptop' : 'g-b-laptop';
    const theirs = await revokeMine({ [what]: id }, ALICE);
    const guessed = await revokeMine({ [what]: 'guessed' }, ALICE);
    expect([theirs.status, guessed.status]).toEqual([404, 404]);
    expect(theirs.body.error.message.replace(id, 'guessed')).toBe(guessed.body.error.message);
    expect([await isSignedIn('b-laptop'), await isConnected('b-laptop')]).toEqual([true, true]);
  });

  it.each([{ person: BOB }, { client: 'client-notebook' }, { everywhere: false }, {}])(
    'cannot end %j',
    async (body) => {
      expect((await revokeMine(body, ALICE)).status).toBe(400);
      expect([await isSignedIn('b-laptop'), await isConnected('b-laptop')]).toEqual([true, true]);
    },
  );

  it('ends one of their own sign-ins', async () => {
    expect((await revokeMine({ session: 'a-phone' }, ALICE)).body.ended.sessions).toEqual(['a-phone']);
    expect([await isSignedIn('a-phone'), await isSignedIn('a-laptop')]).toEqual([false, true]);
    expect(await lastRecord()).toMatchObject({ activity: 'sign-out', person: { email: ALICE } });
  });

  it('signs out everywhere, with the token that asked for it', async () => {
    const { status } = await revokeMine({ everywhere: true }, BOB);
    expect(status).toBe(200);
    expect([await isSignedIn('b-laptop'), await isSignedIn('a-laptop')]).toEqual([false, true]);
    expect((await admin.call('GET', '/me/sessions', { as: BOB })).status).toBe(401);
    expect(await lastRecord()).toMatchObject({ activity: 'sign-out', person: { email: BOB } });
  });

  it('cannot use a token that an application got for the portal', async () => {
    const token = await admin.issue(ALICE, { aud: resourcesOf(ORIGIN).portal, scope: 'mcp' });
    expect((await admin.call('GET', '/me/sessions', { token })).status).toBe(401);
    const body = { everywhere: true };
    expect((await admin.call('POST', '/me/sessions/revoke', { token, body })).status).toBe(401);
    expect(await isSignedIn('a-laptop')).toBe(true);
  });
});
