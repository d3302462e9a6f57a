import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expireHeldClients } from '../../lambdas/access/clients/expire-held-clients.ts';
import { decideClient, findReview, REVIEWS, reviewKey } from '../../lambdas/access/clients/held-clients.ts';
import { nowSeconds } from '../../lambdas/access/lifetimes.ts';
import { CLI_CLIENT_ID } from '../../lambdas/shared/origin.ts';
import { type Browser, formPost, type Page } from './browser.ts';
import {
  type AuthorizationRequest,
  authorizationRequest,
  authorize,
  backToClient,
  connect,
  consentForm,
  LISTED_REDIRECT,
  refresh,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { type DocumentServer, publicClient, startDocumentServer } from './document-server.ts';
import { ALICE, BOB } from './identity-provider.ts';

let deployment: TestDeployment;
let host: DocumentServer;
beforeAll(async () => {
  [deployment, host] = [await startDeployment(), await startDocumentServer()];
});
afterAll(async () => {
  await Promise.all([deployment.close(), host.close()]);
});
beforeEach(() => {
  deployment.idp.next = ALICE;
  deployment.records.length = 0;
  deployment.setPortal({ clients: { approval: 'unknown-hosts', hosts: ['hosted.example'] } });
});

const DANA = { id: 'p_dana', email: 'dana@example.com' };
const decide = (client: string, status: 'approved' | 'denied') =>
  decideClient(deployment.identity, reviewKey(client), status, DANA);
const held = () => deployment.records.filter(({ activity }) => activity === 'client-held');

/** The form of the page that holds an application. */
function heldForm(page: Page): { action: URL; csrf: string } {
  const found = (pattern: RegExp) => pattern.exec(page.body)?.[1] ?? '';
  return {
    action: new URL(found(/<form method="post" action="([^"]+)"/), page.url),
    csrf: found(/name="csrf" value="([^"]+)"/),
  };
}

async function goBack(browser: Browser, page: Page, request: AuthorizationRequest, decision = 'deny') {
  const { action, csrf } = heldForm(page);
  const back = await browser.visit(action, formPost({ csrf, decision }), backToClient(request));
  return back.url.searchParams;
}

describe('an application of a host that the portal does not know', () => {
  it('is held: the person reads who decides, the application is told, the audit has it once', async () => {
    const clientId = await register(deployment.service, { client_name: 'Unknown <i>app</i>' });
    for (const person of [ALICE, BOB]) {
      deployment.idp.next = person;
      const browser = deployment.browser();
      const request = authorizationRequest(clientId);
      const page = await browser.visit(request.url);
      expect([page.status, page.url.pathname]).toEqual([403, expect.stringMatching('/oauth/interaction/')]);
      expect(page.body).toContain('The owners of Example Sallyport decide');
      expect(page.body).toContain('Unknown &#60;i&#62;app&#60;/i&#62;');
      expect(page.body).toContain('<strong>localhost</strong>');
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
      const answer = await goBack(browser, page, request);
      expect(Object.fromEntries(answer)).toMatchObject({ error: 'access_denied', state: 'the-state' });
      expect(answer.get('error_description')).toContain('have not yet approved');
    }
    expect(held()).toHaveLength(1);
    expect(held()[0]?.actor).toMatchObject({
      client: { id: clientId },
      person: { email: 'alice@example.com' },
    });
    expect(await findReview(deployment.identity, reviewKey(clientId))).toMatchObject({
      status: 'held',
      hosts: ['localhost'],
      askedBy: { email: 'alice@example.com' },
    });
  });

  it('cannot be allowed in by the form of the page that holds it', async () => {
    const clientId = await register(deployment.service);
    const browser = deployment.browser();
    const request = authorizationRequest(clientId);
    const page = await browser.visit(request.url);
    expect((await goBack(browser, page, request, 'allow')).get('error')).toBe('access_denied');
  });

  it('goes on where it stood as soon as an owner approved, and without delay elsewhere', async () => {
    const clientId = await register(deployment.service);
    const browser = deployment.browser();
    const request = authorizationRequest(clientId);
    const page = await browser.visit(request.url);
    expect(await decide(clientId, 'approved')).toBe(true);
    const consent = await browser.visit(page.url);
    const { action, csrf } = consentForm(consent);
    const done = await browser.visit(action, formPost({ csrf, decision: 'allow' }), backToClient(request));
    expect(done.url.searchParams.get('code')).toEqual(expect.any(String));
    expect(await connect(deployment, clientId)).toHaveProperty('access_token');
  });

  it('that is denied is told so every time, also between consent and answer, and cannot refresh', async () => {
    const clientId = await register(deployment.service);
    await authorize(deployment.browser(), authorizationRequest(clientId)).catch(() => undefined);
    await decide(clientId, 'approved');
    const tokens = await connect(deployment, clientId);

    const browser = deployment.browser();
    const request = authorizationRequest(clientId);
    const { action, csrf } = consentForm(await browser.visit(request.url));
    await decide(clientId, 'denied');
    const page = await browser.visit(action, formPost({ csrf, decision: 'allow' }), backToClient(request));
    expect(page.body).toContain('may not connect');
    expect((await goBack(browser, page, request)).get('error_description')).toContain('denied');
    expect(deployment.records.at(-1)).toMatchObject({ activity: 'sign-in', status: 'failure' });
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).body.error).toBe(
      'invalid_grant',
    );

    // A denial holds whatever the portal says about unknown hosts.
    deployment.setPortal({});
    const again = await deployment.browser().visit(authorizationRequest(clientId).url);
    expect(again.status).toBe(403);
  });

  it('is not asked for by a client that must not show pages', async () => {
    const clientId = await register(deployment.service);
    const browser = deployment.browser();
    await browser.visit(authorizationRequest(clientId).url);
    const request = authorizationRequest(clientId, { prompt: 'none' });
    const page = await browser.visit(request.url, {}, backToClient(request));
    expect(page.url.searchParams.get('error')).toBe('access_denied');
  });

  it('is held when its document is on such a host, and each document by itself', async () => {
    const ids = ['/one.json', '/two.json'].map((path) => host.publish(path, { body: publicClient() }));
    const visit = (id = '') =>
      deployment
        .browser()
        .visit(authorizationRequest(id, { redirect_uri: 'http://127.0.0.1:4000/callback' }).url);
    for (const id of ids) expect((await visit(id)).status).toBe(403);
    await decide(ids[0] ?? '', 'approved');
    expect((await visit(ids[0])).status).toBe(200);
    expect((await visit(ids[1])).status).toBe(403);
    expect(reviewKey(ids[0] ?? '')).toMatch(/^document-[\w-]{22}$/);
  });
});

describe('an application that is not held', () => {
  it.each([
    ['of a listed host', ['hosted.example'], [LISTED_REDIRECT]],
    ['of this computer, where the portal lists it', ['localhost'], ['http://127.0.0.1/callback']],
    [
      'of a listed scheme and host',
      ['cursor:', 'localhost'],
      ['cursor://anysphere.cursor-retrieval/callback', 'http://localhost/callback'],
    ],
  ])('%s is asked about as ever', async (_what, hosts, redirect_uris) => {
    deployment.setPortal({ clients: { approval: 'unknown-hosts', hosts } });
    const clientId = await register(deployment.service, { redirect_uris });
    const request = authorizationRequest(clientId, { redirect_uri: redirect_uris[0] ?? '' });
    expect((await deployment.browser().visit(request.url)).status).toBe(200);
    expect(held()).toEqual([]);
  });

  it('is not one of a listed host that may send its answers elsewhere too', async () => {
    const redirect_uris = [LISTED_REDIRECT, 'http://127.0.0.1:49152/callback'];
    const clientId = await register(deployment.service, { redirect_uris });
    expect((await deployment.browser().visit(authorizationRequest(clientId).url)).status).toBe(403);
  });

  it('is one of our own', async () => {
    expect(await connect(deployment, CLI_CLIENT_ID)).toHaveProperty('access_token');
  });

  it('is any in a portal that asks for no approval', async () => {
    deployment.setPortal({ clients: { approval: 'none', hosts: [] } });
    expect(await connect(deployment, await register(deployment.service))).toHaveProperty('access_token');
  });
});

describe('a held application that nobody decides about', () => {
  const end = (client: string) =>
    deployment.identity.update(
      { pk: REVIEWS, sk: reviewKey(client) },
      { expression: 'SET expiresAt = :past', values: { ':past': nowSeconds() - 1 } },
    );
  const expire = () => expireHeldClients({ identity: deployment.identity, audit: deployment.options.audit });

  it('is forgotten with a record, once, and asks again when it comes again', async () => {
    const clientId = await register(deployment.service);
    const visit = () => deployment.browser().visit(authorizationRequest(clientId).url);
    await visit();
    await end(clientId);
    deployment.records.length = 0;
    expect(await expire()).toBe(1);
    expect(held()).toEqual([
      expect.objectContaining({ reason: expect.stringContaining('Nobody decided'), status: 'failure' }),
    ]);
    expect(await expire()).toBe(0);
    await visit();
    expect(held()).toHaveLength(2);
  });

  it('stands when somebody decided at the last moment', async () => {
    const clientId = await register(deployment.service);
    await deployment.browser().visit(authorizationRequest(clientId).url);
    await end(clientId);
    await decide(clientId, 'approved');
    expect(await expire()).toBe(0);
    expect(await findReview(deployment.identity, reviewKey(clientId))).toMatchObject({ status: 'approved' });
  });
});
