import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { httpRequest } from './browser.ts';
import {
  type AuthorizationRequest,
  authorizationRequest,
  authorize,
  backToClient,
  LISTED_REDIRECT,
  ORIGIN,
  postForm,
  postJson,
  redeem,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { startProving } from './dpop-client.ts';

let deployment: TestDeployment;
let clientId: string;
beforeAll(async () => {
  deployment = await startDeployment();
  clientId = await register(deployment.service);
});
afterAll(() => deployment.close());

const push = (request: AuthorizationRequest, headers = {}, changes: Record<string, string> = {}) =>
  postForm(
    deployment.service,
    '/oauth/par',
    { ...Object.fromEntries(request.url.searchParams), ...changes },
    headers,
  );

/** The authorization request that names a pushed one. */
function byReference(request: AuthorizationRequest, reference: string, client = clientId, more = {}) {
  const url = new URL(`${ORIGIN}/oauth/authorize`);
  url.search = new URLSearchParams({ client_id: client, request_uri: reference, ...more }).toString();
  return { ...request, url };
}

describe('a pushed authorization request', () => {
  it('leads to a token like any other, with resource and scope completed', async () => {
    const request = authorizationRequest(clientId);
    const pushed = await push(request);
    expect(pushed).toMatchObject({ status: 201, body: { expires_in: 60 } });
    const answer = await authorize(deployment.browser(), byReference(request, pushed.body.request_uri));
    expect(answer.get('state')).toBe('the-state');
    const { body } = await redeem(deployment.service, clientId, request, answer.get('code') ?? '');
    expect(decodeJwt(body.access_token)).toMatchObject({ aud: `${ORIGIN}/mcp`, scope: 'mcp' });
  });

  it('is pushed by a client with a secret too, and by nobody else in its name', async () => {
    const { body: client } = await postJson(deployment.service, '/oauth/register', {
      redirect_uris: [LISTED_REDIRECT],
      token_endpoint_auth_method: 'client_secret_basic',
    });
    const secret = Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64');
    const request = authorizationRequest(client.client_id, { redirect_uri: LISTED_REDIRECT });
    const pushed = await push(request, { authorization: `Basic ${secret}` });
    expect(pushed.status).toBe(201);
    const reference = byReference(request, pushed.body.request_uri, client.client_id);
    expect((await authorize(deployment.browser(), reference)).get('code')).toBeTruthy();
    const wrong = Buffer.from(`${client.client_id}:wrong`).toString('base64');
    expect((await push(request, { authorization: `Basic ${wrong}` })).status).toBe(401);
    expect((await push(request)).status).toBe(401);
  });

  it('cannot be changed by what its reference comes with', async () => {
    const request = authorizationRequest(clientId);
    const { body } = await push(request);
    const changed = byReference(request, body.request_uri, clientId, {
      state: 'changed',
      scope: 'openid email mcp admin',
      resource: `${ORIGIN}/api/v1`,
    });
    const answer = await authorize(deployment.browser(), changed);
    expect(answer.get('state')).toBe('the-state');
    const tokens = await redeem(deployment.service, clientId, request, answer.get('code') ?? '');
    expect(decodeJwt(tokens.body.access_token)).toMatchObject({ aud: `${ORIGIN}/mcp`, scope: 'mcp' });
  });

  it('is of no use to another client, and not a second time', async () => {
    const request = authorizationRequest(clientId);
    const { body } = await push(request);
    const other = byReference(request, body.request_uri, await register(deployment.service));
    expect((await deployment.browser().request(other.url)).status).toBe(400);
    const own = byReference(request, body.request_uri);
    await authorize(deployment.browser(), own);
    const again = await deployment.browser().visit(own.url, {}, backToClient(request));
    expect(`${again.status} ${again.body}${again.url.search}`).toContain('invalid_request_uri');
  });

  it.each([
    ['a foreign redirect', { redirect_uri: 'https://evil.example/callback' }],
    ['plain PKCE', { code_challenge_method: 'plain' }],
    ['an unknown resource', { resource: 'https://elsewhere.example/mcp' }],
    ['a reference of its own', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }],
  ])('with %s is refused when it is pushed', async (_what, changes) => {
    expect((await push(authorizationRequest(clientId), {}, changes)).status).toBe(400);
  });

  it('binds the code to the key that proves itself when it is pushed', async () => {
    const maker = await startProving();
    const request = authorizationRequest(clientId);
    const proof = await maker.proof('POST', `${ORIGIN}/oauth/par`);
    const pushed = await push(request, { dpop: proof });
    const answer = await authorize(deployment.browser(), byReference(request, pushed.body.request_uri));
    const code = answer.get('code') ?? '';
    expect((await redeem(deployment.service, clientId, request, code)).body.error).toBe('invalid_grant');
  });

  it('is offered, not required; no other references are taken', async () => {
    const { body } = await deployment.service(
      httpRequest(`${ORIGIN}/.well-known/oauth-authorization-server`),
    );
    expect(JSON.parse(body ?? '')).toMatchObject({
      pushed_authorization_request_endpoint: `${ORIGIN}/oauth/par`,
    });
    expect(JSON.parse(body ?? '')).not.toHaveProperty('require_pushed_authorization_requests');
    const elsewhere = byReference(authorizationRequest(clientId), 'https://evil.example/request.jwt');
    expect((await deployment.browser().request(elsewhere.url)).status).toBe(400);
  });
});
