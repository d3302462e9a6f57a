import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { httpRequest } from './browser.ts';
import {
  authorizationRequest,
  backToClient,
  LISTED_REDIRECT,
  LOOPBACK_REDIRECT,
  ORIGIN,
  redeem,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

describe('requests that are refused', () => {
  const errorOf = async (parameters: Record<string, string>, drop?: string) => {
    const request = authorizationRequest(await register(deployment.service), parameters);
    if (drop) request.url.searchParams.delete(drop);
    const page = await deployment.browser().visit(request.url, {}, backToClient(request));
    const inFragment = new URLSearchParams(page.url.hash.slice(1));
    return { page, answer: inFragment.size > 0 ? inFragment : page.url.searchParams };
  };

  it.each([
    ['an unknown resource', { resource: 'https://elsewhere.example/mcp' }, undefined, 'invalid_target'],
    ['the admin API for a third party', { resource: `${ORIGIN}/api/v1` }, undefined, 'invalid_target'],
    ['no PKCE', {}, 'code_challenge', 'invalid_request'],
    ['plain PKCE', { code_challenge_method: 'plain' }, undefined, 'invalid_request'],
    ['an implicit response', { response_type: 'token' }, undefined, 'unsupported_response_type'],
    ['sign-in without interaction', { prompt: 'none' }, undefined, 'login_required'],
  ])('%s: the application is told, with iss', async (_what, parameters, drop, error) => {
    const { answer } = await errorOf(parameters, drop);
    expect(answer.get('error')).toBe(error);
    expect(answer.get('iss')).toBe(ORIGIN);
    expect(answer.get('state')).toBe('the-state');
  });

  it.each([
    ['a foreign redirect', { redirect_uri: 'https://evil.example/callback' }],
    ['another path of a loopback redirect', { redirect_uri: 'http://127.0.0.1:49152/other' }],
    ['an unknown client', { client_id: 'client-unknown' }],
    ['a client id of absurd length', { client_id: 'x'.repeat(3_000) }],
  ])('%s: an error page, never a redirect', async (_what, parameters) => {
    const request = authorizationRequest(await register(deployment.service), parameters);
    const page = await deployment.browser().request(request.url);
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(page.headers).not.toHaveProperty('location');
  });

  describe('an application that anybody can publish', () => {
    const clientId = 'https://evil.example/client.json';
    const redirect_uri = 'https://evil.example/phish';
    beforeAll(() =>
      deployment.identity.put({
        pk: `ClientDocument#${clientId}`,
        sk: 'current',
        text: JSON.stringify({ client_id: clientId, redirect_uris: [redirect_uri, LISTED_REDIRECT] }),
        renewAt: 4e9,
        ttl: 4e9,
      }),
    );
    const ask = (parameters: Record<string, string>) =>
      deployment.browser().request(authorizationRequest(clientId, { redirect_uri, ...parameters }).url);

    it.each([
      ['a request for no sign-in', { prompt: 'none' }],
      ['a request for a foreign resource', { resource: 'https://elsewhere.example/mcp' }],
      ['a faulty request', { code_challenge_method: 'plain' }],
      ['a faulty request with an answer by form', { code_challenge: 'x', response_mode: 'form_post' }],
    ])('cannot use us to send people on: %s', async (_what, parameters) => {
      const page = await ask(parameters);
      expect(page.status).toBe(400);
      expect(page.headers).not.toHaveProperty('location');
      expect(page.body).not.toContain('evil.example/phish');
      expect(page.body).toContain('This sign-in cannot go on');
    });

    it('is told of an error where its host is known, or its redirect is listed', async () => {
      const listed = await ask({ prompt: 'none', redirect_uri: LISTED_REDIRECT });
      expect(listed.headers.location).toContain('error=login_required');
      deployment.setPortal({ clients: { approval: 'unknown-hosts', hosts: ['evil.example'] } });
      const known = await ask({ prompt: 'none' });
      expect(known.headers.location).toContain('error=login_required');
    });
  });

  it('answers an unknown or forgotten client at the token endpoint with 401 invalid_client', async () => {
    const clientId = await register(deployment.service);
    await deployment.identity.delete({ pk: `Client#${clientId}`, sk: 'current' });
    const answer = await redeem(deployment.service, clientId, authorizationRequest(clientId), 'code');
    expect(answer).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });

  it('does not answer other spellings of its paths', async () => {
    for (const path of ['/oauth/REGISTER', '/oauth/register/', '/oauth//register', '/oauth/regist%65r']) {
      const answer = await deployment.service(
        httpRequest(`${ORIGIN}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ redirect_uris: ['https://evil.example/callback'] }),
        }),
      );
      expect(answer.status).toBe(404);
    }
  });

  it('does not accept a redirect on another loopback path even when the port differs', async () => {
    const request = authorizationRequest(await register(deployment.service), {
      redirect_uri: LOOPBACK_REDIRECT.replace('49152', '1').replace('callback', 'callback/../steal'),
    });
    expect((await deployment.browser().request(request.url)).status).toBe(400);
  });
});
