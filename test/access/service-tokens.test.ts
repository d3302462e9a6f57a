import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Client,
  ClientCredentialsProvider,
  type OAuthClientProvider,
  PrivateKeyJwtProvider,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { decodeJwt, exportJWK, exportSPKI, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import { serviceSecretsKey } from '../../lambdas/access/clients/service-secrets.ts';
import { ServiceTokens } from '../../lambdas/access/clients/service-tokens.ts';
import { createHolderReader } from '../../lambdas/access/sessions/holder-reader.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { createHolderVerifier, createTokenVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { register } from './deployment.ts';
import { startProving } from './dpop-client.ts';
import {
  allow,
  askForToken,
  basic,
  clientOf,
  holdersOf,
  type ServingDeployment,
  startServing,
} from './service-deployment.ts';

let deployment: ServingDeployment;
let secret: string;
beforeAll(async () => {
  deployment = await startServing();
  await deployment.putService('ci', {});
  secret = await deployment.rotate('ci');
});
afterAll(() => deployment.close());
beforeEach(() => {
  deployment.setPolicies([allow({ serviceToken: 'ci' }, { serviceToken: 'keys' })]);
  deployment.records.length = 0;
  deployment.exchanges.length = 0;
});

const CREDENTIALS = { grant_type: 'client_credentials' };
const ask = (id: string, given: string, more: Record<string, string> = {}) =>
  askForToken(deployment, { ...CREDENTIALS, ...more }, basic(clientOf(id), given));
const tokenFor = async (id: string, given: string) => String((await ask(id, given)).body.access_token);
const verify = (token: string) => {
  const { origin, mcpUrl: audience, identity } = deployment;
  return createHolderVerifier({ origin, audience, identity }).verify(token);
};
const REQUEST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
const REFUSED = { status: 401, body: { error: 'invalid_client' } };

async function connect(authProvider: OAuthClientProvider): Promise<Client> {
  const client = new Client(
    { name: 'nightly build', version: '1' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(deployment.mcpUrl), { authProvider }));
  return client;
}

describe('a service token', () => {
  it('connects with its secret, by the SDK alone, and is recorded as itself', async () => {
    const client = await connect(
      new ClientCredentialsProvider({
        clientId: clientOf('ci'),
        clientSecret: secret,
        expectedIssuer: deployment.origin,
      }),
    );
    await client.close();
    const { actor, method } = deployment.exchanges.at(-1) ?? {};
    expect(method).toBe('server/discover');
    expect(actor).toMatchObject({
      service: { id: 'ci', title: 'The ci job' },
      client: { id: 'service-ci', name: 'nightly build' },
    });
    expect(actor).not.toHaveProperty('person');
    expect(actor).not.toHaveProperty('session');
    expect(deployment.records).toContainEqual(
      expect.objectContaining({
        activity: 'sign-in',
        status: 'success',
        actor: expect.objectContaining({ service: { id: 'ci', title: 'The ci job' } }),
      }),
    );
  });

  it('gets a token for the portal alone, with no session, no grant and nothing to refresh', async () => {
    const { status, body } = await ask('ci', secret, { resource: deployment.mcpUrl, scope: 'mcp' });
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    const claims = decodeJwt(String(body.access_token));
    expect(claims).toMatchObject({
      sub: 'service-ci',
      client_id: 'service-ci',
      aud: deployment.mcpUrl,
      scope: 'mcp',
    });
    expect(claims).not.toHaveProperty('sid');
    expect(claims).not.toHaveProperty('gid');
  });

  it('may send its secret in the body too, but not in both places', async () => {
    const inBody = { ...CREDENTIALS, client_id: clientOf('ci'), client_secret: secret };
    expect((await askForToken(deployment, inBody)).status).toBe(200);
    expect((await askForToken(deployment, inBody, basic(clientOf('ci'), secret))).status).toBe(400);
  });

  it.each(['admin', 'openid'])('cannot ask for the scope %s', async (scope) => {
    expect(await ask('ci', secret, { scope })).toMatchObject({
      status: 400,
      body: { error: 'invalid_scope' },
    });
  });

  it('cannot get a token for the admin API, and none of its tokens is one of a person', async () => {
    const resource = `${deployment.origin}/api/v1`;
    expect((await ask('ci', secret, { resource })).body.error).toBe('access_denied');
    const token = await tokenFor('ci', secret);
    const { origin, identity } = deployment;
    for (const audience of [resource, deployment.mcpUrl])
      await expect(createTokenVerifier({ origin, audience, identity }).verify(token)).rejects.toMatchObject({
        code: 'invalid_token',
        status: 401,
      });
    const userinfo = await fetch(`${origin}/oauth/userinfo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(userinfo.status).toBe(401);
  });

  it('may ask about its own token, which ends with its credentials and not by revocation', async () => {
    const form = async (path: string, token: string) => {
      const response = await fetch(`${deployment.origin}${path}`, {
        method: 'POST',
        headers: basic(clientOf('ci'), secret),
        body: new URLSearchParams({ token }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    };
    const token = await tokenFor('ci', secret);
    expect(await form('/oauth/introspect', token)).toMatchObject({
      status: 200,
      body: { active: true, token_type: 'Bearer', sub: 'service-ci', aud: deployment.mcpUrl },
    });
    expect((await form('/oauth/introspect', `${token.slice(0, -4)}AAAA`)).body).toEqual({ active: false });
    expect(await form('/oauth/revoke', token)).toMatchObject({
      status: 400,
      body: { error: 'unsupported_token_type' },
    });
  });

  it('may bind its token to a key, which then opens nothing without a proof', async () => {
    const maker = await startProving();
    const dpop = await maker.proof('POST', `${deployment.origin}/oauth/token`);
    const headers = { ...basic(clientOf('ci'), secret), dpop };
    const { body } = await askForToken(deployment, CREDENTIALS, headers);
    expect(body.token_type).toBe('DPoP');
    expect(await askForToken(deployment, CREDENTIALS, headers)).toMatchObject({ status: 400 });
    const token = String(body.access_token);
    const use = (presented: Record<string, string>) =>
      fetch(deployment.mcpUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...presented,
        },
        body: REQUEST,
      });
    expect((await use({ authorization: `Bearer ${token}` })).status).toBe(401);
    const proof = await maker.proof('POST', deployment.mcpUrl, token);
    expect((await use({ authorization: `DPoP ${token}`, dpop: proof })).status).toBe(200);
  });

  it('has no way into a browser flow', async () => {
    const url = new URL(`${deployment.origin}/oauth/authorize`);
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: clientOf('ci'),
      redirect_uri: 'http://127.0.0.1:1/callback',
      code_challenge: 'x'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('location')).toBeNull();
  });
});

describe('policies and service tokens', () => {
  const REASON = 'No policy of this portal allows you';

  it.each([
    ['no policy', []],
    ['a policy for everyone', [allow({ everyone: true })]],
    ['a policy for its network', [allow({ ipRange: '0.0.0.0/0' })]],
    ['a policy for another service token', [allow({ serviceToken: 'nightly' })]],
  ])('%s does not let one in: it is told so, and it is recorded', async (_name, policies) => {
    deployment.setPolicies(policies);
    const { status, body } = await ask('ci', secret);
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'access_denied' });
    expect(body.error_description).toContain(REASON);
    expect(deployment.records).toEqual([
      expect.objectContaining({
        activity: 'sign-in',
        status: 'failure',
        reason: expect.stringContaining(REASON),
        actor: expect.objectContaining({ service: { id: 'ci', title: 'The ci job' } }),
      }),
    ]);
  });

  it('hold at the portal for a token that was issued before they changed', async () => {
    const token = await tokenFor('ci', secret);
    deployment.setPolicies([allow({ everyone: true })]);
    const answer = await fetch(deployment.mcpUrl, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: REQUEST,
    });
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain(REASON);
  });
});

describe('secrets', () => {
  beforeAll(async () => {
    await deployment.putService('other', {});
  });

  it('overlap for a while after a rotation, two at most', async () => {
    const first = await deployment.rotate('ci');
    const second = await deployment.rotate('ci');
    expect((await ask('ci', first)).status).toBe(200);
    expect((await ask('ci', second)).status).toBe(200);
    const third = await deployment.rotate('ci');
    expect(await ask('ci', first)).toMatchObject(REFUSED);
    expect((await ask('ci', second)).status).toBe(200);
    expect((await ask('ci', third)).status).toBe(200);
    secret = third;
  });

  it('say that they have expired, only to whoever has one that did', async () => {
    const before = secret;
    secret = await deployment.rotate('ci', 0);
    const expired = await ask('ci', before);
    expect(expired).toMatchObject(REFUSED);
    expect(expired.body.error_description).toContain('has expired');
    const wrong = await ask('ci', `${before}x`);
    expect(wrong).toMatchObject(REFUSED);
    expect(wrong.body.error_description).not.toContain('expired');
    expect(deployment.records).toContainEqual(
      expect.objectContaining({
        activity: 'token',
        status: 'failure',
        reason: expect.stringContaining('expired'),
      }),
    );
  });

  it('of another service token are of no use, and a wrong one looks like an unknown client', async () => {
    const others = await deployment.rotate('other');
    const [foreign, unknown] = [await ask('ci', others), await ask('nobody', others)];
    expect(foreign).toMatchObject(REFUSED);
    expect(unknown.body).toEqual(foreign.body);
  });

  it('are not to be found in the table', async () => {
    const stored = JSON.stringify(await deployment.identity.get(serviceSecretsKey('ci')));
    expect(stored).toContain('sha256:');
    expect(stored).not.toContain(secret);
  });

  it('of whoever signs in with keys do not exist', async () => {
    await deployment.putService('moved', {});
    const old = await deployment.rotate('moved');
    const { publicKey } = await generateKeyPair('ES256');
    await deployment.putService('moved', { jwks: { keys: [await exportJWK(publicKey)] } });
    expect(await ask('moved', old)).toMatchObject(REFUSED);
    await expect(deployment.rotate('moved')).rejects.toMatchObject({ code: 'uses_keys' });
  });
});

describe('ending access', () => {
  const read = async (token: string) => holdersOf(deployment).read(await verify(token));
  const ENDED = { code: 'invalid_token', status: 401 };

  it('by disabling or deleting the document ends tokens and gives no new ones', async () => {
    const token = await tokenFor('ci', secret);
    await expect(read(token)).resolves.toEqual({ service: { id: 'ci', title: 'The ci job' } });
    await deployment.putService('ci', { enabled: false });
    await expect(read(token)).rejects.toMatchObject(ENDED);
    const disabled = await ask('ci', secret);
    expect(disabled).toMatchObject(REFUSED);
    expect(disabled.body.error_description).toContain('disabled');
    await deployment.putService('ci', undefined);
    await expect(read(token)).rejects.toMatchObject(ENDED);
    expect(await ask('ci', secret)).toMatchObject(REFUSED);
    await deployment.putService('ci', {});
  });

  it('by ending the secrets ends every token that was issued before, and none issued after', async () => {
    const token = await tokenFor('ci', secret);
    await deployment.endSecrets('ci');
    expect(await ask('ci', secret)).toMatchObject(REFUSED);
    secret = await deployment.rotate('ci');
    await expect(read(token)).rejects.toMatchObject(ENDED);
    await expect(read(await tokenFor('ci', secret))).resolves.toMatchObject({ service: { id: 'ci' } });
  });

  it('holds within 30 seconds where holders are remembered', async () => {
    let clock = 1_000_000;
    const { identity, policies } = deployment.options;
    const reader = createHolderReader(createSessionReader(identity), new ServiceTokens(policies, identity), {
      clock: () => clock,
    });
    const token = await verify(await tokenFor('ci', secret));
    await reader.read(token);
    await deployment.putService('ci', { enabled: false });
    clock += 29_000;
    await expect(reader.read(token)).resolves.toMatchObject({ service: { id: 'ci' } });
    clock += 1_000;
    await expect(reader.read(token)).rejects.toMatchObject(ENDED);
    await deployment.putService('ci', {});
  });
});

describe('keys', () => {
  type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
  let pair: Pair;
  let foreign: Pair;
  const useKeys = async (keys: Pair['publicKey'][], more: object = {}) =>
    deployment.putService('keys', {
      jwks: { keys: await Promise.all(keys.map(async (key) => ({ ...(await exportJWK(key)), ...more }))) },
    });
  beforeAll(async () => {
    pair = await generateKeyPair('ES256', { extractable: true });
    foreign = await generateKeyPair('ES256');
    await useKeys([pair.publicKey]);
  });

  const claims = (more: object = {}) => {
    const now = Math.floor(Date.now() / 1000);
    const id = clientOf('keys');
    return { iss: id, sub: id, aud: deployment.origin, iat: now, exp: now + 60, jti: randomUUID(), ...more };
  };
  const sign = (
    key: Parameters<SignJWT['sign']>[0],
    more: object = {},
    header: Partial<JWTHeaderParameters> = {},
  ) => new SignJWT(claims(more)).setProtectedHeader({ alg: 'ES256', ...header }).sign(key);
  const present = (assertion: string) =>
    askForToken(deployment, {
      ...CREDENTIALS,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion,
    });

  it.each(['ES256', 'RS256', 'EdDSA'])('sign in by %s, by the SDK alone', async (algorithm) => {
    const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
    await useKeys([pair.publicKey, publicKey]);
    const client = await connect(
      new PrivateKeyJwtProvider({
        clientId: clientOf('keys'),
        privateKey: { ...(await exportJWK(privateKey)) },
        algorithm,
        expectedIssuer: deployment.origin,
      }),
    );
    expect(client.getServerVersion()).toMatchObject({ title: 'Main' });
    await client.close();
    await useKeys([pair.publicKey]);
  });

  it('that are taken away end the tokens that came by them', async () => {
    const { body } = await present(await sign(pair.privateKey));
    const token = await verify(String(body.access_token));
    const holders = holdersOf(deployment);
    await expect(holders.read(token)).resolves.toMatchObject({ service: { id: 'keys' } });
    await useKeys([foreign.publicKey]);
    await expect(holders.read(token)).rejects.toMatchObject({ code: 'invalid_token' });
    await useKeys([pair.publicKey]);
  });

  it('are named by a document that refuses their secret parts, with the place', async () => {
    const secretKey = await exportJWK(pair.privateKey);
    await expect(deployment.putService('leaky', { jwks: { keys: [secretKey] } })).rejects.toThrow(
      /secret part/,
    );
  });

  it('do not work by an assertion that was used before', async () => {
    const assertion = await sign(pair.privateKey);
    expect((await present(assertion)).status).toBe(200);
    expect(await present(assertion)).toMatchObject(REFUSED);
  });

  it('of somebody else do not work, wherever the assertion says that they are', async () => {
    const jwk = await exportJWK(foreign.publicKey);
    for (const header of [{}, { jwk }, { kid: 'keys' }, { jku: `${deployment.origin}/oauth/jwks` }])
      expect(await present(await sign(foreign.privateKey, {}, header))).toMatchObject(REFUSED);
  });

  it('do not work for another audience, in the name of another client, or after the assertion has ended', async () => {
    const wrong = [
      { aud: 'https://elsewhere.example' },
      { aud: deployment.mcpUrl },
      { iss: clientOf('ci'), sub: clientOf('ci') },
      { iss: clientOf('ci') },
      { exp: Math.floor(Date.now() / 1000) - 60 },
      { exp: undefined },
      { jti: undefined },
    ];
    for (const more of wrong) expect((await present(await sign(pair.privateKey, more))).status).toBe(401);
  });

  it('are not replaced by no signature, or by the public key as a shared secret', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    expect(await present(`${encode({ alg: 'none' })}.${encode(claims())}.`)).toMatchObject(REFUSED);
    const publicTexts = [await exportSPKI(pair.publicKey), JSON.stringify(await exportJWK(pair.publicKey))];
    for (const text of publicTexts) {
      const forged = await sign(new TextEncoder().encode(text), {}, { alg: 'HS256' });
      expect(await present(forged)).toMatchObject(REFUSED);
    }
  });

  it('are no way in for a service token that has a secret', async () => {
    const id = clientOf('ci');
    expect(await present(await sign(pair.privateKey, { iss: id, sub: id }))).toMatchObject(REFUSED);
  });
});

it('other clients do not get client credentials, whatever they registered for', async () => {
  const clientId = await register(deployment.service, { grant_types: ['client_credentials'] });
  expect(clientId).not.toMatch(/^service-/);
  expect((await askForToken(deployment, { ...CREDENTIALS, client_id: clientId })).status).toBe(400);
});
