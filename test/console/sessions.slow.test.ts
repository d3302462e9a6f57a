import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { deviceLabel } from '../../lambdas/access/sessions/device-label.ts';
import { listSessionsOfPerson } from '../../lambdas/access/sessions/list-sessions.ts';
import { findPeopleByEmail } from '../../lambdas/access/sessions/people-store.ts';
import { revokePerson } from '../../lambdas/access/sessions/revoke-sessions.ts';
import { listAudit } from '../../lambdas/audit/query.ts';
import { BrowserStore } from '../../lambdas/console/browser-store.ts';
import { sessionsSection } from '../../lambdas/console/sessions-section.ts';
import { policy, portal } from '../admin/administration.ts';
import { type RunningDeployment, startRunningDeployment } from '../cli/running-deployment.ts';
import { Connection } from '../e2e/connection.ts';
import { apply, visiting } from './visiting.ts';

jest.setTimeout(20_000);

let deployment: RunningDeployment;
const { get, signIn, formToken, press } = visiting(() => deployment.origin);
beforeAll(async () => {
  deployment = await startRunningDeployment();
  await apply(deployment, policy('everyone'), portal({ policies: ['everyone'] }));
});
afterAll(() => deployment.close());

const END = '/console/sessions/end';

const sessionsOf = async (name: string) => {
  const [person] = await findPeopleByEmail(deployment.identity, `${name}@example.com`);
  return (await listSessionsOfPerson(deployment.identity, person?.id ?? '', { limit: 100 })).items;
};
const isIn = async (cookie: string) => (await get('/', { cookie })).body.includes('Signed in as');
const lastRecord = async () => (await listAudit(deployment.api.auditTable, { limit: 1 })).items[0];

/** Signs in in one more browser; its cookie and its session. */
async function oneMore(name: string): Promise<{ cookie: string; sid: string }> {
  const cookie = await signIn(name);
  const token = await new BrowserStore(deployment.identity).findSession(cookie.split('=')[1] ?? '');
  return { cookie, sid: token?.sid ?? '' };
}

beforeEach(async () => {
  for (const name of ['alice', 'bob'])
    for (const person of await findPeopleByEmail(deployment.identity, `${name}@example.com`))
      await revokePerson(deployment.identity, person.id);
});

describe('your sessions', () => {
  it('show each sign-in with its device, address and applications, and which one this is', async () => {
    const { cookie, sid } = await oneMore('alice');
    const other = await oneMore('alice');
    const { body } = await get('/', { cookie });
    expect(body).toContain('<h2 id="sessions">Your sessions</h2>');
    for (const id of [sid, other.sid]) expect(body).toContain(`name="session" value="${id}"`);
    expect(body.match(/\(this page\)/g)).toHaveLength(1);
    expect(body).toMatch(/Signed in <time datetime="[^"]+Z">[^<]+ UTC<\/time> from 192\.0\.2\.7/);
    expect(body).toContain('Sallyport console');
    expect(body).not.toMatch(/<script|\son\w+=/);
  });

  it('are nobody else’s', async () => {
    const alice = await oneMore('alice');
    const bob = await oneMore('bob');
    const { body } = await get('/', { cookie: bob.cookie });
    expect(body).toContain(bob.sid);
    expect(body).not.toContain(alice.sid);
  });

  it('show what applications and devices call themselves as text', () => {
    const hostile = '"><img src=x onerror=alert(1)>';
    const application = { grant: hostile, client: hostile, name: hostile, host: hostile };
    const session = {
      id: hostile,
      person: { id: hostile, email: hostile },
      device: { label: hostile, ip: hostile },
      signedInAt: hostile,
      expiresAt: hostile,
      applications: [application],
    };
    const sessions = { items: [session], next: null };
    const { text } = sessionsSection({ current: '', csrf: hostile, sessions });
    expect(text).toContain('&#60;img');
    expect(text).not.toContain('<img');
  });

  it.each([
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.3 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/138.0 Mobile Safari/537.36',
      'Chrome on Android',
    ],
    ['curl/8.7.1', 'curl'],
    ['<script>alert(1)</script>', 'scriptalert1'],
    ['', 'Unknown device'],
  ])('call the device %s by a name that people know', (userAgent, label) => {
    expect(deviceLabel({ ip: '192.0.2.7', userAgent })).toBe(label);
  });
});

describe('ending sessions on the page', () => {
  it('ends another sign-in and stays signed in here', async () => {
    const [here, there] = [await oneMore('alice'), await oneMore('alice')];
    const { response } = await press(here.cookie, END, { session: there.sid });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/#sessions']);
    expect([await isIn(here.cookie), await isIn(there.cookie)]).toEqual([true, false]);
    expect(await lastRecord()).toMatchObject({
      activity: 'sign-out',
      status: 'success',
      person: { email: 'alice@example.com' },
      client: { id: 'sallyport-console' },
      reason: `The sign-in ${there.sid} of alice@example.com was ended.`,
    });
  });

  it('ends the sign-in of the page itself, and forgets its cookie', async () => {
    const { cookie, sid } = await oneMore('alice');
    const { response } = await press(cookie, END, { session: sid });
    expect(response.headers.get('location')).toBe('/?signed-out');
    expect(response.headers.getSetCookie()[0]).toContain('sallyport=; Path=/; Max-Age=0');
    expect(await isIn(cookie)).toBe(false);
  });

  it('disconnects one application', async () => {
    const application = await Connection.register(deployment.origin);
    const tokens = await application.signIn('alice');
    const grant = (await sessionsOf('alice'))
      .flatMap(({ applications }) => applications)
      .find(({ client }) => client === application.clientId)?.grant;
    const cookie = await signIn('alice');
    const { response } = await press(cookie, END, { grant: grant ?? '' });
    expect(response.headers.get('location')).toBe('/#sessions');
    expect((await application.refresh(tokens.refresh_token)).status).toBe(400);
    expect(await isIn(cookie)).toBe(true);
    expect(await lastRecord()).toMatchObject({
      activity: 'revocation',
      person: { email: 'alice@example.com' },
    });
  });

  it('signs out everywhere', async () => {
    const [here, there] = [await oneMore('bob'), await oneMore('bob')];
    const alice = await oneMore('alice');
    const { response } = await press(here.cookie, END, { everywhere: 'true' });
    expect(response.headers.get('location')).toBe('/?signed-out');
    expect([await isIn(here.cookie), await isIn(there.cookie)]).toEqual([false, false]);
    expect(await isIn(alice.cookie)).toBe(true);
    expect(await sessionsOf('bob')).toEqual([]);
  });

  it('cannot end somebody else’s sign-in or connection, nor a guessed one', async () => {
    const [alice, bob] = [await oneMore('alice'), await oneMore('bob')];
    const grant = (await sessionsOf('alice')).flatMap(({ applications }) => applications)[0]?.grant ?? '';
    const forms: Record<string, string>[] = [
      { session: alice.sid },
      { grant },
      { session: 'guessed' },
      { grant: 'guessed' },
      {},
    ];
    for (const form of forms) {
      const { response } = await press(bob.cookie, END, form);
      expect(response.status).toBe(404);
    }
    expect([await isIn(alice.cookie), await isIn(bob.cookie)]).toEqual([true, true]);
  });

  it.each([
    ['without the token of the page', async () => ({})],
    ['with the token of another person’s page', async () => ({ csrf: await formToken(await signIn('bob')) })],
    [
      'with another token of the person’s own',
      async () => ({ csrf: await formToken(await signIn('alice')) }),
    ],
  ])('takes no form %s (cross-site request forgery)', async (_what, forged) => {
    const { cookie, sid } = await oneMore('alice');
    const csrf = await forged();
    for (const [path, form] of [
      [END, { session: sid }],
      [END, { everywhere: 'true' }],
      ['/console/sign-out', {}],
    ] as const) {
      const { response } = await get(path, { cookie }, 'POST', { ...csrf, ...form });
      expect(response.status).toBe(403);
    }
    expect(await isIn(cookie)).toBe(true);
  });

  it('takes a form, not a link, and only from somebody who is signed in', async () => {
    const { cookie, sid } = await oneMore('alice');
    expect((await get(`${END}?session=${sid}`, { cookie })).response.status).toBe(404);
    const { response } = await get(END, {}, 'POST', { session: sid });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/']);
    expect(await isIn(cookie)).toBe(true);
  });
});
