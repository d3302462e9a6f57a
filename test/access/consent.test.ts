import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { formPost } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  backToClient,
  consentForm,
  LISTED_REDIRECT,
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
  clientId = await register(deployment.service, { client_name: 'Notes <b>"app"</b>' });
});
afterAll(() => deployment.close());
beforeEach(() => {
  deployment.idp.next = ALICE;
  deployment.records.length = 0;
});

async function question(
  parameters: Record<string, string> = {},
  browser = deployment.browser(),
  client = clientId,
) {
  const request = authorizationRequest(client, parameters);
  const page = await browser.visit(request.url);
  return { browser, request, page, ...consentForm(page) };
}

describe('the consent page', () => {
  it('shows who asks, for what, where the answer goes and who is signed in', async () => {
    const { page, request } = await question({ scope: 'openid email mcp' });
    expect(page.body).toContain('Notes &#60;b&#62;&#34;app&#34;&#60;/b&#62;');
    expect(page.body).not.toContain('<b>');
    expect(page.body).toContain(clientId);
    expect(page.body).toContain('this computer');
    expect(page.body).toContain(request.redirectUri);
    expect(page.body).toContain('runs on your own computer');
    expect(page.body).toContain('Alice (alice@example.com)');
    expect(page.body).toContain('see your e-mail address');
  });

  it('names the host of a hosted application', async () => {
    const hosted = await register(deployment.service, { redirect_uris: [LISTED_REDIRECT] });
    const { page } = await question({ redirect_uri: LISTED_REDIRECT }, deployment.browser(), hosted);
    expect(page.body).toContain('<strong>hosted.example</strong>');
    expect(page.body).not.toContain('runs on your own computer');
    expect(page.headers['content-security-policy']).toContain("form-action 'self' https://hosted.example;");
  });

  it('cannot be framed or cached, and its form leads to us and the application alone', async () => {
    const { page } = await question();
    expect(page.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    const policy = page.headers['content-security-policy'];
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' http://127.0.0.1:49152;");
  });

  it('tells the application when the person denies', async () => {
    const answer = await authorize(deployment.browser(), authorizationRequest(clientId), 'deny');
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('state')).toBe('the-state');
    expect(answer.get('iss')).toBe(ORIGIN);
    expect(deployment.records.at(-1)).toMatchObject({ activity: 'consent', status: 'failure' });
  });
});

describe('a forged answer', () => {
  it('with a missing, altered or foreign form token is refused', async () => {
    const mine = await question();
    const foreign = await question();
    for (const csrf of ['', 'x', `${mine.csrf.slice(0, -1)}_`, foreign.csrf]) {
      const page = await mine.browser.request(mine.action, formPost({ csrf, decision: 'allow' }));
      expect(page.status).toBe(403);
    }
    expect(deployment.records.some(({ activity }) => activity === 'consent')).toBe(false);
  });

  it('to the question of another browser is refused', async () => {
    const victim = await question();
    const attacker = deployment.browser();
    await question({}, attacker);
    const page = await attacker.request(victim.action, formPost({ csrf: victim.csrf, decision: 'allow' }));
    expect(page.status).toBe(400);
    expect(page.headers).not.toHaveProperty('location');
  });

  it('given on one question does not answer another one of the same browser', async () => {
    const first = await question();
    const second = await question({ state: 'second' }, first.browser);
    const page = await first.browser.request(
      second.action,
      formPost({ csrf: first.csrf, decision: 'allow' }),
    );
    expect(page.status).toBe(403);
  });

  it('with the interaction cookie of one question sent to the page of another is refused', async () => {
    const first = await question();
    const second = await question({}, first.browser);
    const cookie = await first.browser.jar.getCookieString(first.action.href);
    const answer = await deployment.service({
      method: 'POST',
      path: second.action.pathname,
      query: new URLSearchParams(),
      headers: { cookie },
      body: new URLSearchParams({ csrf: second.csrf, decision: 'allow' }).toString(),
      sourceIp: '192.0.2.7',
      requestId: 'r',
    });
    expect(answer.status).toBe(400);
  });

  it('without a decision allows nothing', async () => {
    const { browser, action, csrf } = await question();
    expect((await browser.request(action, formPost({ csrf }))).status).toBe(400);
  });

  it('given twice connects once', async () => {
    const { browser, action, csrf, request } = await question();
    const until = backToClient(request);
    const done = await browser.visit(action, formPost({ csrf, decision: 'allow' }), until);
    expect(done.url.searchParams.get('code')).toEqual(expect.any(String));
    expect((await browser.visit(action, formPost({ csrf, decision: 'allow' }), until)).status).toBe(400);
  });
});

describe('somebody else', () => {
  it('can sign in instead, for the same request', async () => {
    const { browser, switchUrl, request } = await question({ scope: 'openid mcp' });
    deployment.idp.next = BOB;
    const page = await browser.visit(switchUrl);
    expect(page.body).toContain('bob@example.com');
    expect(page.body).not.toContain('alice@example.com');
    const { action, csrf } = consentForm(page);
    const until = backToClient(request);
    const done = await browser.visit(action, formPost({ csrf, decision: 'allow' }), until);
    expect(Object.fromEntries(done.url.searchParams)).toMatchObject({
      code: expect.any(String),
      state: 'the-state',
    });
    expect(deployment.records.at(-1)?.actor.person?.email).toBe('bob@example.com');
  });

  it('is not signed in by a link without the page’s token', async () => {
    const { browser, switchUrl } = await question();
    switchUrl.searchParams.set('csrf', 'guess');
    expect((await browser.request(switchUrl)).status).toBe(403);
  });
});
