import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ConsentQuestion, consentPage } from '../../lambdas/access/sign-in/consent-page.ts';
import { errorPage } from '../../lambdas/access/sign-in/error-page.ts';
import { heldPage } from '../../lambdas/access/sign-in/held-page.ts';
import type { HttpResponse } from '../../lambdas/shared/http.ts';
import { CLI_CLIENT_ID } from '../../lambdas/shared/origin.ts';
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

  it('says what is recorded, and for how long', async () => {
    expect((await question()).page.body).toContain('not what is sent and answered. Kept for 30 days.');
    deployment.setPortal({ payloads: 'full' });
    expect((await question()).page.body).toContain('everything that is sent and answered. Kept for 30 days.');
    deployment.setPortal({});
    const cli = await question({}, deployment.browser(), CLI_CLIENT_ID);
    expect(cli.page.body).toContain('every change: who made it, when, and of what. Kept for 30 days.');
    expect(cli.page.body).toContain('<dt>Comes from</dt><dd>Example Sallyport</dd>');
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

describe('script in a field that is shown', () => {
  const SCRIPT = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;
  const page = (more: Partial<ConsentQuestion>) =>
    consentPage({
      deployment: SCRIPT,
      interaction: SCRIPT,
      csrf: SCRIPT,
      client: { id: SCRIPT, name: SCRIPT, firstParty: false, hosts: [SCRIPT], known: false },
      redirectUri: `https://hosted.example/callback?${SCRIPT}`,
      person: { email: SCRIPT, name: SCRIPT },
      scopes: [SCRIPT, 'mcp'],
      staysConnected: true,
      records: { payloads: 'metadata', days: 1 },
      ...more,
    });

  it.each<[string, HttpResponse]>([
    ['of the consent page', page({})],
    ['of its form for this computer', page({ redirectUri: `http://127.0.0.1/?${SCRIPT}` })],
    ['of its form for an application', page({ redirectUri: `cursor://x/?${SCRIPT}` })],
    ['of its form for a device', page({ redirectUri: undefined })],
    ...(['held', 'denied'] as const).map((standing): [string, HttpResponse] => [
      `of the page of a ${standing} application`,
      heldPage({
        deployment: SCRIPT,
        interaction: SCRIPT,
        csrf: SCRIPT,
        standing,
        client: { id: SCRIPT, name: SCRIPT, hosts: [SCRIPT] },
        redirectUri: `https://hosted.example/callback?${SCRIPT}`,
        person: { email: SCRIPT },
      }),
    ]),
    ['of an error', errorPage(400, SCRIPT, SCRIPT)],
  ])('%s is text, and could not run', (_what, { body = '', headers = {} }) => {
    const elements = new Set([...body.matchAll(/<\/?([a-z!][a-z0-9]*)/gi)].map(([, name]) => name));
    for (const active of ['script', 'img', 'iframe', 'object', 'svg']) expect(elements).not.toContain(active);
    expect(body.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son[a-z]+\s*=/i);
    expect(body).toContain('&#60;script&#62;');
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/script-src|unsafe-eval|[<>"]/);
  });

  it('is shown as little as what is only claimed: no address, no picture of the application’s choice', async () => {
    const claims = { client_uri: 'https://claude.ai/x', logo_uri: 'https://claude.ai/logo.png' };
    const claiming = await register(deployment.service, { client_name: SCRIPT, ...claims });
    const shown = await question({}, deployment.browser(), claiming);
    expect(shown.page.body).not.toContain('claude.ai');
    expect(shown.page.body).not.toContain('<script>');
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
