import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oauth from 'oauth4webapi';
import { CookieJar } from 'tough-cookie';
import { PEOPLE } from '../../../local/cognito/people.ts';
import { type RunningCognito, startCognito } from '../../../local/cognito/start-cognito.ts';

const CALLBACK = 'http://127.0.0.1:20999/oauth/callback';
const client: oauth.Client = { client_id: 'provider' };
const insecure = { [oauth.allowInsecureRequests]: true };

let dataFolder: string;
let cognito: RunningCognito;
let server: oauth.AuthorizationServer;
const start = (port = 0) =>
  startCognito({
    port,
    poolId: 'us-east-1_People',
    clientId: client.client_id,
    callbackUrls: [CALLBACK],
    people: PEOPLE,
    dataFolder,
  });
const discover = async ({ issuer }: RunningCognito) => {
  const url = new URL(issuer);
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure));
};

beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'sallyport-cognito-'));
  cognito = await start();
  server = await discover(cognito);
});
afterAll(async () => {
  await cognito.close();
  await rm(dataFolder, { recursive: true });
});

/** A browser that keeps cookies and follows redirects within the pool. */
function browser() {
  const jar = new CookieJar();
  return async function open(
    url: string,
    form?: Record<string, string>,
  ): Promise<{ url: string; text: string }> {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: await jar.getCookieString(url) },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url);
    const location = response.headers.get('location');
    if (!location) return { url, text: await response.text() };
    const next = new URL(location, url).href;
    return next.startsWith(cognito.issuer) ? open(next) : { url: next, text: '' };
  };
}

interface Attempt {
  verifier: string;
  nonce: string;
  url: string;
}
async function attempt(parameters: Record<string, string> = {}): Promise<Attempt> {
  const verifier = oauth.generateRandomCodeVerifier();
  const nonce = oauth.generateRandomNonce();
  const url = new URL(server.authorization_endpoint ?? '');
  const all = {
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid email profile',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state: 'the state',
    nonce,
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) if (value) url.searchParams.set(name, value);
  return { verifier, nonce, url: url.href };
}

async function redeem({ verifier, nonce }: Attempt, callback: string) {
  const parameters = oauth.validateAuthResponse(server, client, new URL(callback), 'the state');
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    parameters,
    CALLBACK,
    verifier,
    insecure,
  );
  const result = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  });
  await oauth.validateApplicationLevelSignature(server, response, insecure);
  return oauth.getValidatedIdTokenClaims(result);
}

async function signIn(person: string) {
  const open = browser();
  const begun = await attempt();
  const page = await open(begun.url);
  const { url } = await open(page.url, { person });
  return redeem(begun, url);
}

describe('the embedded user pool', () => {
  it("gives the ID token's claims Cognito's names", async () => {
    expect(await signIn('alice')).toMatchObject({
      iss: cognito.issuer,
      aud: client.client_id,
      token_use: 'id',
      email: 'alice@example.com',
      email_verified: true,
      name: 'Alice Archer',
      'cognito:groups': ['engineering'],
      'cognito:username': PEOPLE[0]?.sub,
      sub: PEOPLE[0]?.sub,
      auth_time: expect.any(Number),
    });
  });

  it('leaves the groups claim out for a person without groups', async () => {
    const claims = await signIn('carol');
    expect(claims).toMatchObject({ email: 'carol@outside.test' });
    expect(claims).not.toHaveProperty('cognito:groups');
  });

  it('signs with the same key after a restart', async () => {
    const keys = async () => (await fetch(server.jwks_uri ?? '')).json();
    const before = await keys();
    await cognito.close();
    cognito = await start();
    server = await discover(cognito);
    expect(await keys()).toEqual(before);
    expect(JSON.stringify(before)).not.toContain('"d"');
  });

  it('goes on with a sign-in that a restart interrupts', async () => {
    const open = browser();
    const begun = await attempt();
    const page = await open(begun.url);
    await cognito.close();
    cognito = await start(Number(new URL(cognito.issuer).port));
    const { url } = await open(page.url, { person: 'alice' });
    expect(await redeem(begun, url)).toMatchObject({ email: 'alice@example.com' });
  });

  it('remembers the browser until it is asked for a new sign-in', async () => {
    const open = browser();
    const page = await open((await attempt()).url);
    await open(page.url, { person: 'bob' });
    const silent = await attempt();
    const claims = await redeem(silent, (await open(silent.url)).url);
    expect(claims?.email).toBe('bob@example.com');
    expect((await open((await attempt({ prompt: 'login' })).url)).text).toContain('name="person"');
  });

  it('lets somebody else sign in at the same browser', async () => {
    const open = browser();
    const page = await open((await attempt()).url);
    await open(page.url, { person: 'bob' });
    const again = await attempt({ prompt: 'login' });
    const { url } = await open((await open(again.url)).url, { person: 'carol' });
    expect((await redeem(again, url))?.email).toBe('carol@outside.test');
  });

  it('tells the application that the person cancelled', async () => {
    const open = browser();
    const page = await open((await attempt()).url);
    const { url } = await open(page.url, { cancel: 'yes' });
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'the state',
    });
  });

  it('does not let another browser finish a sign-in, nor one that has begun its own', async () => {
    const page = await browser()((await attempt()).url);
    const intruder = browser();
    expect((await intruder(page.url, { person: 'dana' })).text).toMatch(/another browser/);
    await intruder((await attempt()).url);
    expect((await intruder(page.url, { person: 'dana' })).text).toMatch(/another browser/);
  });

  it('signs in nobody it does not know', async () => {
    const open = browser();
    const page = await open((await attempt()).url);
    expect(await open(page.url, { person: 'mallory' })).toMatchObject({
      url: page.url,
      text: expect.stringContaining('nobody'),
    });
  });

  it.each([
    ['a client without PKCE', { code_challenge: '', code_challenge_method: '' }, /error=invalid_request/],
    ['a plain PKCE challenge', { code_challenge_method: 'plain' }, /error=invalid_request/],
  ])('refuses %s', async (_what, parameters, expected) => {
    expect((await browser()((await attempt(parameters)).url)).url).toMatch(expected);
  });

  it.each(['http://127.0.0.1:20998/oauth/callback', 'https://attacker.test/'])(
    'never redirects to %s, which is not registered',
    async (redirect_uri) => {
      const { url, text } = await browser()((await attempt({ redirect_uri })).url);
      expect(url).toMatch(cognito.issuer);
      expect(text).toMatch(/redirect_uri/);
    },
  );

  it('refuses a code with another verifier', async () => {
    const open = browser();
    const begun = await attempt();
    const page = await open(begun.url);
    const { url } = await open(page.url, { person: 'alice' });
    await expect(
      redeem({ ...begun, verifier: oauth.generateRandomCodeVerifier() }, url),
    ).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });
});
