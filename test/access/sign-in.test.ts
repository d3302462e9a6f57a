import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { Browser } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  backToClient,
  consentForm,
  ORIGIN,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { ALICE, BOB } from './identity-provider.ts';

let deployment: TestDeployment;
let clientId: string;
beforeAll(async () => {
  deployment = await startDeployment();
  clientId = await register(deployment.service);
});
afterAll(() => deployment.close());
beforeEach(() => {
  deployment.idp.next = ALICE;
  deployment.records.length = 0;
});

const isCallback = (url: URL) => url.origin === ORIGIN && url.pathname === '/oauth/callback';

/** Goes as far as the identity provider's answer, which it does not deliver. */
async function upToCallback(browser = deployment.browser()) {
  const { url } = await browser.visit(authorizationRequest(clientId).url, {}, isCallback);
  return { browser, callback: url };
}

describe('the way to the identity provider', () => {
  it('is a code request with PKCE, nonce and a state of its own', async () => {
    const seen = deployment.idp.requests.length;
    await upToCallback();
    await upToCallback();
    const [first, second] = deployment.idp.requests.slice(seen);
    expect(Object.fromEntries(first ?? [])).toMatchObject({
      response_type: 'code',
      client_id: deployment.idp.clientId,
      redirect_uri: `${ORIGIN}/oauth/callback`,
      code_challenge_method: 'S256',
      code_challenge: expect.any(String),
      nonce: expect.any(String),
    });
    for (const name of ['state', 'nonce', 'code_challenge'])
      expect(first?.get(name)).not.toBe(second?.get(name));
    expect(first?.get('state')).not.toBe('the-state');
  });

  it('asks for a new sign-in when the application does', async () => {
    const browser = deployment.browser();
    await authorize(browser, authorizationRequest(clientId));
    const seen = deployment.idp.requests.length;
    deployment.idp.next = BOB;
    const page = await browser.visit(authorizationRequest(clientId, { prompt: 'login' }).url);
    expect(deployment.idp.requests[seen]?.get('prompt')).toBe('login');
    expect(page.body).toContain('bob@example.com');
  });

  it('sets cookies that scripts, other sites and plain http cannot reach', async () => {
    const browser = deployment.browser();
    await authorize(browser, authorizationRequest(clientId));
    const cookies = (await browser.jar.getCookies(`${ORIGIN}/`)).map((cookie) => cookie.toString());
    expect(
      cookies.map((cookie) => cookie.split('=')[0]).toSorted((a, b) => String(a).localeCompare(String(b))),
    ).toEqual(['__Host-sallyport-browser', '__Host-sallyport-session', '__Host-sallyport-session.sig']);
    for (const cookie of cookies) expect(cookie).toMatch(/Secure; HttpOnly; SameSite=Lax$/);
  });
});

describe('the identity provider’s answer', () => {
  it('delivered to another browser is refused there, and still good in the right one', async () => {
    const { browser, callback } = await upToCallback();
    const other = deployment.browser();
    await upToCallback(other);
    const stolen = await other.request(callback);
    expect(stolen.status).toBe(403);
    expect(stolen.headers).not.toHaveProperty('location');
    expect(stolen.body).toContain('another browser');
    expect(deployment.records.at(-1)).toMatchObject({ activity: 'sign-in', status: 'failure' });
    expect((await deployment.browser().request(callback)).status).toBe(403);
    expect((await browser.visit(callback)).body).toContain('alice@example.com');
  });

  it('is good once, even when it arrives twice at the same time', async () => {
    const { browser, callback } = await upToCallback();
    const pages = await Promise.all([1, 2, 3].map(() => browser.request(callback)));
    expect(pages.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 400, 400]);
    expect((await browser.request(callback)).status).toBe(400);
  });

  it('with an unknown, altered or missing state is refused', async () => {
    const { browser, callback } = await upToCallback();
    for (const state of ['unknown', `${callback.searchParams.get('state')}x`, '']) {
      const altered = new URL(callback);
      altered.searchParams.set('state', state);
      expect((await browser.request(altered)).status).toBe(400);
    }
  });

  it('with a code of another sign-in is refused by PKCE', async () => {
    const victim = await upToCallback();
    const attacker = await upToCallback();
    victim.callback.searchParams.set('code', attacker.callback.searchParams.get('code') ?? '');
    const request = authorizationRequest(clientId);
    const page = await victim.browser.visit(victim.callback, {}, backToClient(request));
    expect(page.url.searchParams.get('error')).toBe('access_denied');
  });

  it('that names another issuer is refused as a mix-up, and its code is not sent anywhere', async () => {
    const { browser, callback } = await upToCallback();
    callback.searchParams.set('iss', 'https://evil.example');
    const request = authorizationRequest(clientId);
    const page = await browser.visit(callback, {}, backToClient(request));
    expect(page.url.searchParams.get('error')).toBe('access_denied');
    expect(page.url.searchParams.get('iss')).toBe(ORIGIN);
    expect(deployment.records.at(-1)).toMatchObject({ activity: 'sign-in', status: 'failure' });
  });

  it.each([
    ['without a verified e-mail address', { ...ALICE, email_verified: false }, 'has not verified'],
    ['with an unverified address as text', { ...ALICE, email_verified: 'false' }, 'has not verified'],
    ['that does not say whether it is verified', { ...ALICE, email_verified: undefined }, 'has not verified'],
    ['without an e-mail address', { sub: 'x', email_verified: true }, 'no e-mail address'],
    ['with the nonce of another sign-in', { ...ALICE, nonce: 'other' }, 'not valid'],
    ['that is a refusal', { error: 'access_denied' }, 'answered access_denied'],
  ])('%s signs nobody in, and the application is told why', async (_what, next, reason) => {
    deployment.idp.next = next;
    const request = authorizationRequest(clientId);
    const page = await deployment.browser().visit(request.url, {}, backToClient(request));
    const answer = page.url.searchParams;
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('error_description')).toContain(reason);
    expect(answer.get('iss')).toBe(ORIGIN);
    expect(deployment.records.at(-1)).toMatchObject({
      activity: 'sign-in',
      status: 'failure',
      actor: { client: { id: clientId } },
    });
  });
});

it('an identity provider that cannot be reached is an error page that says so', async () => {
  const idp = { ...deployment.options.idp, issuer: `${deployment.idp.issuer}/missing` };
  const service = createOAuthService({ ...deployment.options, idp });
  const page = await new Browser(service, ORIGIN).visit(authorizationRequest(clientId).url);
  expect(page.status).toBe(502);
  expect(page.body).toContain('identity provider cannot be used at the moment');
});

describe('a sign-in session', () => {
  it('that was revoked leads back to the identity provider', async () => {
    const browser = deployment.browser();
    await authorize(browser, authorizationRequest(clientId));
    const sid = deployment.records.find(({ activity }) => activity === 'sign-in')?.actor.session;
    await deployment.identity.delete({ pk: `AccessSession#${sid}`, sk: 'current' });
    const seen = deployment.idp.requests.length;
    expect(consentForm(await browser.visit(authorizationRequest(clientId).url)).csrf).toBeDefined();
    expect(deployment.idp.requests).toHaveLength(seen + 1);
  });

  it('whose cookie was altered is nobody’s', async () => {
    const browser = deployment.browser();
    await authorize(browser, authorizationRequest(clientId));
    const names = { name: '__Host-sallyport-session', rest: 'Path=/; Secure; HttpOnly; SameSite=Lax' };
    await browser.jar.setCookie(`${names.name}=forged; ${names.rest}`, `${ORIGIN}/`);
    const seen = deployment.idp.requests.length;
    await browser.visit(authorizationRequest(clientId).url);
    expect(deployment.idp.requests).toHaveLength(seen + 1);
  });
});
