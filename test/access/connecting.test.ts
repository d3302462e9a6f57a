import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { personId } from '../../lambdas/access/sessions/person.ts';
import { CLI_CLIENT_ID, CONSOLE_CLIENT_ID } from '../../lambdas/shared/origin.ts';
import { httpRequest } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  backToClient,
  connect,
  consentForm,
  LISTED_REDIRECT,
  ORIGIN,
  postJson,
  redeem,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { ALICE } from './identity-provider.ts';

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());
beforeEach(() => {
  deployment.idp.next = ALICE;
  deployment.records.length = 0;
});

describe('registering an application', () => {
  it('answers with an id alone, no secret and no nulls, also to a page of another origin', async () => {
    const answer = await postJson(deployment.service, '/oauth/register', {
      redirect_uris: ['http://localhost:3118/callback'],
      client_name: 'Client',
      client_uri: null,
      token_endpoint_auth_method: 'none',
    });
    expect(answer.status).toBe(201);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.body).toMatchObject({
      client_id: expect.stringMatching(/^client-/),
      client_id_issued_at: expect.any(Number),
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['http://localhost:3118/callback'],
    });
    expect(answer.body).not.toHaveProperty('client_secret');
    expect(answer.body).not.toHaveProperty('registration_access_token');
    expect(Object.values(answer.body)).not.toContain(null);
  });

  it('is refused for a redirect elsewhere, naming it, and for something that is not JSON', async () => {
    const redirect_uris = ['https://evil.example/callback'];
    expect(await postJson(deployment.service, '/oauth/register', { redirect_uris })).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_redirect_uri',
        error_description: expect.stringContaining('https://evil.example/callback'),
      },
    });
    expect(await postJson(deployment.service, '/oauth/register', 'not json')).toMatchObject({
      status: 400,
      body: { error: 'invalid_client_metadata' },
    });
  });
});

describe('registering many applications', () => {
  const registerFrom = (sourceIp: string, redirect_uris = ['http://127.0.0.1/callback']) =>
    deployment.service(
      httpRequest(`${ORIGIN}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.1' },
        body: JSON.stringify({ redirect_uris }),
        sourceIp,
      }),
    );

  it('ends for one address when it is too many in an hour, and for no other', async () => {
    const hour = 60 * 60;
    const now = Math.floor(Date.now() / 1000);
    for (const start of [now - (now % hour), now - (now % hour) + hour])
      await deployment.identity.put({ pk: 'Registrations#198.51.100.7', sk: String(start), count: 299 });
    const refused = ['https://evil.example/callback'];
    expect((await registerFrom('198.51.100.7', refused)).status).toBe(400);
    expect((await registerFrom('198.51.100.7')).status).toBe(201);
    const answer = await registerFrom('::ffff:198.51.100.7');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers?.['retry-after'])).toBeGreaterThan(0);
    expect(answer.headers?.['access-control-allow-origin']).toBe('*');
    expect(JSON.parse(answer.body ?? '')).toMatchObject({ error: 'temporarily_unavailable' });
    expect((await registerFrom('198.51.100.8')).status).toBe(201);
  });

  it('leaves counters that vanish', async () => {
    await registerFrom('198.51.100.9');
    const { items } = await deployment.identity.query({ partition: { value: 'Registrations#198.51.100.9' } });
    expect(items).toEqual([expect.objectContaining({ count: 1, ttl: expect.any(Number) })]);
  });
});

describe('connecting an application', () => {
  it('signs the person in, asks for consent, and issues a token for the portal', async () => {
    const clientId = await register(deployment.service);
    const request = authorizationRequest(clientId, { resource: `${ORIGIN}/mcp` });
    const answer = await authorize(deployment.browser(), request);
    expect(Object.fromEntries(answer)).toEqual({ code: expect.any(String), state: 'the-state', iss: ORIGIN });

    const tokens = await redeem(deployment.service, clientId, request, answer.get('code') ?? '');
    expect(tokens.status).toBe(200);
    expect(tokens.headers['cache-control']).toBe('no-store');
    expect(tokens.body).toMatchObject({ token_type: 'Bearer', expires_in: 900, scope: 'mcp' });
    expect(tokens.body.refresh_token).toEqual(expect.any(String));
    expect(decodeProtectedHeader(tokens.body.access_token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    expect(decodeJwt(tokens.body.access_token)).toMatchObject({
      iss: ORIGIN,
      aud: `${ORIGIN}/mcp`,
      sub: personId('cognito', 'sub-alice'),
      client_id: clientId,
      scope: 'mcp',
      sid: expect.stringMatching(/^s_/),
      gid: expect.any(String),
      jti: expect.any(String),
    });
  });

  it('records registration, sign-in and consent with person, client, session and address', async () => {
    await connect(deployment, await register(deployment.service));
    expect(deployment.records.map(({ activity, status }) => `${activity} ${status}`)).toEqual([
      'client-registered success',
      'sign-in success',
      'consent success',
    ]);
    const [, , consent] = deployment.records;
    expect(consent?.actor).toMatchObject({
      person: { email: 'alice@example.com' },
      client: { name: 'Test client' },
      session: expect.stringMatching(/^s_/),
      ip: '192.0.2.7',
    });
  });

  it('takes the portal as the resource of a client that names none, and an omitted scope as all of it', async () => {
    const tokens = await connect(deployment, await register(deployment.service), { scope: 'offline_access' });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: `${ORIGIN}/mcp`, scope: 'mcp' });
  });

  it('accepts prompt=consent with offline_access, as MCP clients send it', async () => {
    const parameters = { prompt: 'consent', scope: 'mcp offline_access' };
    expect(await connect(deployment, await register(deployment.service), parameters)).toMatchObject({
      refresh_token: expect.any(String),
    });
  });

  it('gives no refresh token to a client that registered without that grant', async () => {
    const clientId = await register(deployment.service, { grant_types: ['authorization_code'] });
    expect(await connect(deployment, clientId, { scope: 'mcp offline_access' })).not.toHaveProperty(
      'refresh_token',
    );
  });

  it('lets a native client listen on any port, whichever loopback name it registered', async () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const clientId = await register(deployment.service, { redirect_uris: [`http://${host}/callback`] });
      const request = authorizationRequest(clientId, { redirect_uri: `http://${host}:61234/callback` });
      expect((await authorize(deployment.browser(), request)).get('code')).toEqual(expect.any(String));
    }
  });

  it('issues an ID token with the claims of the scopes', async () => {
    const tokens = await connect(deployment, await register(deployment.service), {
      scope: 'openid email profile mcp',
      nonce: 'n-1',
    });
    expect(decodeJwt(tokens.id_token)).toMatchObject({
      email: 'alice@example.com',
      email_verified: true,
      name: 'Alice',
      nonce: 'n-1',
    });
  });

  it('gives the command line a token for the admin API after consent, the console one without', async () => {
    const cli = await connect(deployment, CLI_CLIENT_ID);
    expect(decodeJwt(cli.access_token)).toMatchObject({ aud: `${ORIGIN}/api/v1`, scope: 'admin' });

    const request = authorizationRequest(CONSOLE_CLIENT_ID, { redirect_uri: `${ORIGIN}/console/callback` });
    const page = await deployment.browser().visit(request.url, {}, backToClient(request));
    expect(page.url.searchParams.get('code')).toEqual(expect.any(String));
  });

  it('lets the command line ask for the portal too', async () => {
    const tokens = await connect(deployment, CLI_CLIENT_ID, { resource: `${ORIGIN}/mcp` });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: `${ORIGIN}/mcp`, scope: 'mcp' });
  });

  it('connects a second application without a new sign-in but never without consent', async () => {
    const browser = deployment.browser();
    await authorize(browser, authorizationRequest(await register(deployment.service)));
    const second = authorizationRequest(await register(deployment.service, { client_name: 'Second' }));
    const signIns = deployment.idp.requests.length;
    const page = await browser.visit(second.url);
    expect(deployment.idp.requests).toHaveLength(signIns);
    expect(page.body).toContain('Second');
    expect(consentForm(page).csrf).toEqual(expect.any(String));
  });

  it('works for a listed hosted client whose secret is stored only as a hash', async () => {
    const { body } = await postJson(deployment.service, '/oauth/register', {
      redirect_uris: [LISTED_REDIRECT],
      token_endpoint_auth_method: 'client_secret_post',
    });
    const stored = await deployment.identity.get({ pk: `Client#${body.client_id}`, sk: 'current' });
    expect(JSON.stringify(stored)).not.toContain(body.client_secret);

    const request = authorizationRequest(body.client_id, { redirect_uri: LISTED_REDIRECT });
    const answer = await authorize(deployment.browser(), request);
    const code = answer.get('code') ?? '';
    const wrong = { client_secret: 'guess' };
    expect((await redeem(deployment.service, body.client_id, request, code, wrong)).status).toBe(401);
    const right = { client_secret: body.client_secret };
    expect((await redeem(deployment.service, body.client_id, request, code, right)).status).toBe(200);
  });
});
