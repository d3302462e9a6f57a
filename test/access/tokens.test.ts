import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { itemKey } from '../../lambdas/access/item-key.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { createTokenVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { httpRequest } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  connect,
  ORIGIN,
  postForm,
  redeem,
  refresh,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { ALICE } from './identity-provider.ts';

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

const five = <T>(ask: () => Promise<T>) => Promise.all(Array.from({ length: 5 }, ask));
const usedLongAgo = (model: string, id: string) =>
  deployment.identity.update(itemKey(model, id), {
    expression: 'SET #consumed = :then',
    names: { '#consumed': 'consumed' },
    values: { ':then': Math.floor(Date.now() / 1000) - 60 },
  });

async function codeFor(client = clientId) {
  const request = authorizationRequest(client);
  const answer = await authorize(deployment.browser(), request);
  return { request, code: answer.get('code') ?? '' };
}

describe('an authorization code', () => {
  it('is redeemed once, however many ask at the same time, and the winner keeps its tokens', async () => {
    const { request, code } = await codeFor();
    const answers = await five(() => redeem(deployment.service, clientId, request, code));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers)
      if (status !== 200)
        expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_grant' });
    const winner = answers.find(({ status }) => status === 200);
    expect((await refresh(deployment.service, clientId, winner?.body.refresh_token)).status).toBe(200);
  });

  it('ends the connection when it shows up again later', async () => {
    const { request, code } = await codeFor();
    const { body } = await redeem(deployment.service, clientId, request, code);
    await usedLongAgo('AuthorizationCode', code);
    expect((await redeem(deployment.service, clientId, request, code)).body.error).toBe('invalid_grant');
    expect((await refresh(deployment.service, clientId, body.refresh_token)).body.error).toBe(
      'invalid_grant',
    );
  });

  it('is of no use without the verifier, with another redirect, or to another client', async () => {
    const other = await register(deployment.service);
    const { request, code } = await codeFor();
    const wrong = { code_verifier: 'x'.repeat(43) };
    expect((await redeem(deployment.service, clientId, request, code, wrong)).body.error).toBe(
      'invalid_grant',
    );
    const elsewhere = { redirect_uri: 'http://127.0.0.1:1/callback' };
    expect((await redeem(deployment.service, clientId, request, code, elsewhere)).body.error).toBe(
      'invalid_grant',
    );
    expect((await redeem(deployment.service, other, request, code)).body.error).toBe('invalid_grant');
    expect((await redeem(deployment.service, clientId, request, code)).status).toBe(200);
  });

  it('cannot be turned into a token for another resource', async () => {
    const { request, code } = await codeFor();
    const admin = { resource: `${ORIGIN}/api/v1` };
    expect((await redeem(deployment.service, clientId, request, code, admin)).body.error).toBe(
      'invalid_target',
    );
  });

  it('is not readable from the table, and neither is a refresh token', async () => {
    const { request, code } = await codeFor();
    const stored = await deployment.identity.get(itemKey('AuthorizationCode', code));
    expect(stored).toBeDefined();
    expect(JSON.stringify(stored)).not.toContain(code);
    const { body } = await redeem(deployment.service, clientId, request, code);
    const token = await deployment.identity.get(itemKey('RefreshToken', body.refresh_token));
    expect(token).toBeDefined();
    expect(JSON.stringify(token)).not.toContain(body.refresh_token);
  });
});

describe('a refresh token', () => {
  it('rotates, keeping session, grant, resource and scope', async () => {
    const tokens = await connect(deployment, clientId);
    const next = (await refresh(deployment.service, clientId, tokens.refresh_token)).body;
    expect(next.refresh_token).not.toBe(tokens.refresh_token);
    const kept = ({ sub, sid, gid, aud, scope }: Record<string, unknown>) => ({ sub, sid, gid, aud, scope });
    expect(kept(decodeJwt(next.access_token))).toEqual(kept(decodeJwt(tokens.access_token)));
  });

  it('starts exactly one new chain, however many ask at the same time', async () => {
    const tokens = await connect(deployment, clientId);
    const answers = await five(() => refresh(deployment.service, clientId, tokens.refresh_token));
    const chains = new Set(answers.map(({ body }) => body.refresh_token));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(chains.size).toBe(1);
    const [next] = chains;
    expect((await refresh(deployment.service, clientId, next)).status).toBe(200);
  });

  it('answers a lost request again for a moment, but only to the same client and request', async () => {
    const other = await register(deployment.service);
    const tokens = await connect(deployment, clientId);
    const first = await refresh(deployment.service, clientId, tokens.refresh_token);
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).body).toEqual(first.body);
    expect((await refresh(deployment.service, other, tokens.refresh_token)).body.error).toBe('invalid_grant');
  });

  it('ends the connection when it shows up again later', async () => {
    const tokens = await connect(deployment, clientId);
    const next = (await refresh(deployment.service, clientId, tokens.refresh_token)).body;
    await usedLongAgo('RefreshToken', tokens.refresh_token);
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).body.error).toBe(
      'invalid_grant',
    );
    expect((await refresh(deployment.service, clientId, next.refresh_token)).body.error).toBe(
      'invalid_grant',
    );
    const introspected = { client_id: clientId, token: next.access_token };
    expect((await postForm(deployment.service, '/oauth/introspect', introspected)).body).toEqual({
      active: false,
    });
    expect(deployment.records.find(({ activity }) => activity === 'token')).toMatchObject({
      status: 'failure',
      reason: expect.stringContaining('already used'),
      actor: { client: { id: clientId } },
    });
  });

  it('is of no use to another client, and not for another resource', async () => {
    const other = await register(deployment.service);
    const tokens = await connect(deployment, clientId);
    expect((await refresh(deployment.service, other, tokens.refresh_token)).body.error).toBe('invalid_grant');
    const admin = { resource: `${ORIGIN}/api/v1` };
    const answer = await refresh(deployment.service, clientId, tokens.refresh_token, admin);
    expect(answer.body.error).toBe('invalid_target');
  });

  it('ends with the sign-in it rests on', async () => {
    const tokens = await connect(deployment, clientId);
    const { sid } = decodeJwt(tokens.access_token);
    await deployment.identity.delete({ pk: `AccessSession#${String(sid)}`, sk: 'current' });
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).body.error).toBe(
      'invalid_grant',
    );
  });
});

describe('revocation', () => {
  it('of a refresh token ends the grant, the refresh and the access token', async () => {
    const tokens = await connect(deployment, clientId);
    const verifier = createTokenVerifier({
      origin: ORIGIN,
      audience: `${ORIGIN}/mcp`,
      identity: deployment.identity,
    });
    const claims = await verifier.verify(tokens.access_token);
    await expect(createSessionReader(deployment.identity).read(claims)).resolves.toMatchObject({
      person: { email: 'alice@example.com', groups: ['engineering'] },
    });
    const answer = await postForm(deployment.service, '/oauth/revoke', {
      client_id: clientId,
      token: tokens.refresh_token,
    });
    expect(answer.status).toBe(200);
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).body.error).toBe(
      'invalid_grant',
    );
    await expect(createSessionReader(deployment.identity).read(claims)).rejects.toMatchObject({
      code: 'invalid_token',
      status: 401,
    });
    expect(deployment.records.at(-1)).toMatchObject({ activity: 'revocation', status: 'success' });
  });

  it('of an access token ends its grant, which the refresh token rests on', async () => {
    const tokens = await connect(deployment, clientId);
    const answer = await postForm(deployment.service, '/oauth/revoke', {
      client_id: clientId,
      token: tokens.access_token,
      token_type_hint: 'access_token',
    });
    expect(answer).toMatchObject({ status: 200, body: {} });
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).body.error).toBe(
      'invalid_grant',
    );
    const verifier = createTokenVerifier({
      origin: ORIGIN,
      audience: `${ORIGIN}/mcp`,
      identity: deployment.identity,
    });
    const claims = await verifier.verify(tokens.access_token);
    await expect(createSessionReader(deployment.identity).read(claims)).rejects.toMatchObject({
      status: 401,
    });
    expect(deployment.records.at(-1)).toMatchObject({
      activity: 'revocation',
      status: 'success',
      actor: { person: { email: 'alice@example.com' }, client: { id: clientId } },
    });
  });

  it('of something that is no token is answered like any other', async () => {
    const tokens = await connect(deployment, clientId);
    const [header, payload] = tokens.access_token.split('.');
    for (const token of ['nonsense', `${header}.${payload}.AAAA`, tokens.id_token ?? 'none'])
      expect(
        (await postForm(deployment.service, '/oauth/revoke', { client_id: clientId, token })).status,
      ).toBe(200);
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).status).toBe(200);
  });

  it('by somebody who is not the client is refused', async () => {
    const { access_token: token } = await connect(deployment, clientId);
    expect((await postForm(deployment.service, '/oauth/revoke', { token })).status).toBe(400);
    const unknown = { client_id: 'client-unknown', token };
    expect((await postForm(deployment.service, '/oauth/revoke', unknown)).status).toBe(401);
  });

  it('by another client changes nothing', async () => {
    const tokens = await connect(deployment, clientId);
    const other = await register(deployment.service);
    for (const token of [tokens.refresh_token, tokens.access_token])
      await postForm(deployment.service, '/oauth/revoke', { client_id: other, token });
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).status).toBe(200);
  });
});

describe('introspection', () => {
  const ask = (client_id: string, token: string) =>
    postForm(deployment.service, '/oauth/introspect', { client_id, token });

  it('tells a client about its own access token, and nothing about others', async () => {
    const { access_token } = await connect(deployment, clientId);
    const { body } = await ask(clientId, access_token);
    const { sub, sid, exp, jti } = decodeJwt(access_token);
    expect(body).toMatchObject({
      active: true,
      token_type: 'Bearer',
      iss: ORIGIN,
      aud: `${ORIGIN}/mcp`,
      scope: 'mcp',
      client_id: clientId,
    });
    expect(body).toMatchObject({ sub, sid, exp, jti });
    expect((await ask(await register(deployment.service), access_token)).body).toEqual({ active: false });
    const [header, payload] = access_token.split('.');
    expect((await ask(clientId, `${header}.${payload}.AAAA`)).body).toEqual({ active: false });
  });

  it('calls no token active whose sign-in has ended', async () => {
    const tokens = await connect(deployment, clientId);
    const { sid } = decodeJwt(tokens.access_token);
    await deployment.identity.delete({ pk: `AccessSession#${String(sid)}`, sk: 'current' });
    for (const token of [tokens.access_token, tokens.refresh_token])
      expect((await ask(clientId, token)).body).toEqual({ active: false });
  });

  it('tells a client about its own refresh token, and nothing about others', async () => {
    const tokens = await connect(deployment, clientId);
    const ask = (client_id: string) =>
      postForm(deployment.service, '/oauth/introspect', { client_id, token: tokens.refresh_token });
    expect((await ask(clientId)).body).toMatchObject({ active: true, client_id: clientId });
    expect((await ask(await register(deployment.service))).body).toEqual({ active: false });
  });
});

describe('userinfo', () => {
  const ask = (token: string) =>
    deployment.service(
      httpRequest(`${ORIGIN}/oauth/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
    );

  it('tells what the scopes cover', async () => {
    const tokens = await connect(deployment, clientId, { scope: 'openid email mcp' });
    expect(JSON.parse((await ask(tokens.access_token)).body ?? '')).toEqual({
      sub: decodeJwt(tokens.access_token).sub,
      email: 'alice@example.com',
      email_verified: true,
    });
  });

  it('refuses a token whose connection has ended since it was last asked', async () => {
    const tokens = await connect(deployment, clientId, { scope: 'openid mcp' });
    expect((await ask(tokens.access_token)).status).toBe(200);
    const form = { client_id: clientId, token: tokens.refresh_token };
    await postForm(deployment.service, '/oauth/revoke', form);
    expect((await ask(tokens.access_token)).status).toBe(401);
  });

  it('refuses a token without openid and something that is no token', async () => {
    expect((await ask((await connect(deployment, clientId)).access_token)).status).toBe(403);
    expect((await ask('not.a.token')).status).toBe(401);
  });
});
