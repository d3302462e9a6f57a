import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { Browser, formPost, httpRequest, type Page, type Service } from './browser.ts';
import {
  consentForm,
  ORIGIN,
  postForm,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const VERIFICATION = `${ORIGIN}/oauth/device`;

let deployment: TestDeployment;
let service: Service;
let clientId: string;
beforeAll(async () => {
  deployment = await startDeployment();
  service = createOAuthService({ ...deployment.options, deviceCode: true });
  clientId = await register(service, { client_name: 'Television', grant_types: [GRANT, 'refresh_token'] });
});
afterAll(() => deployment.close());

const browser = () => new Browser(service, ORIGIN);
const start = async () =>
  (await postForm(service, '/oauth/device_authorization', { client_id: clientId }, { 'user-agent': 'TV/1' }))
    .body;
const poll = (device_code: string, client_id = clientId) =>
  postForm(service, '/oauth/token', { grant_type: GRANT, client_id, device_code });

/** What a form of the device pages sends when its button is pressed. */
function fill(page: Page, values: Record<string, string>) {
  const hidden = [...page.body.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)];
  return formPost({ ...Object.fromEntries(hidden.map(([, name, value]) => [name, value])), ...values });
}

/** Enters the code and says that the device is there; ends on the page that leads on to the sign-in. */
async function confirm(
  person: Browser,
  user_code: string,
  decision: Record<string, string> = { confirm: 'yes' },
) {
  const asked = await person.request(VERIFICATION);
  const shown = await person.request(VERIFICATION, fill(asked, { user_code }));
  return { shown, done: await person.request(VERIFICATION, fill(shown, decision)) };
}

/** From the page that leads on, through sign-in and consent, to the last page. */
async function finish(person: Browser, leading: Page, decision = 'allow'): Promise<Page> {
  const next = /url=([^"]+)"/.exec(leading.body)?.[1] ?? '';
  const consent = await person.visit(new URL(next, ORIGIN));
  const { action, csrf } = consentForm(consent);
  return person.visit(action, formPost({ csrf, decision }));
}

describe('a device code', () => {
  it('connects a device whose person signs in elsewhere', async () => {
    const { device_code, user_code, verification_uri } = await start();
    expect(verification_uri).toBe(VERIFICATION);
    expect((await poll(device_code)).body.error).toBe('authorization_pending');
    const person = browser();
    const { shown, done } = await confirm(person, user_code);
    for (const text of [user_code, 'Television', '192.0.2.7', 'TV/1']) expect(shown.body).toContain(text);
    expect((await finish(person, done)).body).toContain('You may close this page');
    const { body } = await poll(device_code);
    expect(decodeJwt(body.access_token)).toMatchObject({
      aud: `${ORIGIN}/mcp`,
      scope: 'mcp',
      client_id: clientId,
      sid: expect.stringMatching(/^s_/),
    });
    expect(body.refresh_token).toBeTruthy();
    expect((await poll(device_code)).body.error).toBe('invalid_grant');
  });

  it('is of no use to another client', async () => {
    const { device_code, user_code } = await start();
    const person = browser();
    await finish(person, (await confirm(person, user_code)).done);
    const other = await register(service, { grant_types: [GRANT] });
    expect((await poll(device_code, other)).body.error).toBe('invalid_grant');
    expect((await poll(device_code)).status).toBe(200);
  });

  it('ends when its person says that it is not their device, or consents to nothing', async () => {
    const aborted = await start();
    await confirm(browser(), aborted.user_code, { abort: 'yes' });
    expect((await poll(aborted.device_code)).body.error).toBe('access_denied');
    const denied = await start();
    const person = browser();
    await finish(person, (await confirm(person, denied.user_code)).done, 'deny');
    expect((await poll(denied.device_code)).body.error).toBe('access_denied');
  });

  it('is asked for again when it is wrong, and works once', async () => {
    const { user_code } = await start();
    const person = browser();
    const asked = await person.request(VERIFICATION);
    const wrong = await person.request(
      VERIFICATION,
      fill(asked, { user_code: '"><script>alert(1)</script>' }),
    );
    expect(wrong.status).toBe(400);
    expect(wrong.body).toContain('There is no such code');
    await confirm(person, user_code);
    const again = await browser().request(VERIFICATION);
    expect((await confirm(browser(), user_code)).shown.body).toContain('used already');
    expect(again.status).toBe(200);
  });

  it('cannot be confirmed by a form of somebody else’s page', async () => {
    const { device_code, user_code } = await start();
    const person = browser();
    await person.request(VERIFICATION);
    const forged = await person.request(
      VERIFICATION,
      formPost({ xsrf: 'x'.repeat(43), user_code, confirm: 'yes' }),
    );
    expect(forged.status).toBe(400);
    expect((await poll(device_code)).body.error).toBe('authorization_pending');
  });

  it('has pages without scripts, which nothing may frame, also when the address carries the code', async () => {
    const { verification_uri_complete, user_code } = await start();
    const person = browser();
    const filled = await person.request(verification_uri_complete);
    expect(filled.body).toContain(`value="${user_code}"`);
    const injected = await person.request(`${VERIFICATION}?user_code=${encodeURIComponent('"><b>')}`);
    expect(injected.body).not.toContain('<b>');
    const { shown, done } = await confirm(person, user_code);
    for (const page of [filled, injected, shown, done]) {
      expect(page.body).not.toMatch(/<script|onload|onfocus/i);
      expect(page.headers['content-security-policy']).toContain("default-src 'none'");
      expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    }
  });
});

describe('a deployment without device codes', () => {
  it('has no trace of them', async () => {
    const off = deployment.service;
    const metadata = await off(httpRequest(`${ORIGIN}/.well-known/oauth-authorization-server`));
    expect(metadata.body).not.toContain('device');
    for (const path of ['/oauth/device', '/oauth/device_authorization', '/oauth/device/uid'])
      for (const method of ['GET', 'POST'])
        expect((await off(httpRequest(ORIGIN + path, { method }))).status).toBe(404);
    const client_id = await register(off, { grant_types: [GRANT] });
    const asked = { grant_type: GRANT, client_id, device_code: 'x' };
    expect((await postForm(off, '/oauth/token', asked)).body.error).toBe('unsupported_grant_type');
  });
});
