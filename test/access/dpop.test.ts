import { createHash, createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, exportJWK } from 'jose';
import { DPOP_ALGORITHMS } from '../../lambdas/access/tokens/dpop-proof.ts';
import { createProofJudge } from '../../lambdas/access/tokens/proof-judge.ts';
import { createTokenVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { httpRequest } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  connect,
  ORIGIN,
  postForm,
  refresh,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { type ProofChanges, type ProofMaker, startProving } from './dpop-client.ts';

const TOKEN_ENDPOINT = `${ORIGIN}/oauth/token`;
const MCP = `${ORIGIN}/mcp`;
const BODY = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';

let deployment: TestDeployment;
let clientId: string;
let holder: ProofMaker;
let thief: ProofMaker;
/** An access token that is bound to the holder's key, its refresh token, and one that is bound to no key. */
let bound: string;
let refreshToken: string;
let unbound: string;

const now = () => Math.floor(Date.now() / 1000);

/** Redeems a code with a proof of this key. */
async function connectWith(maker: ProofMaker) {
  const request = authorizationRequest(clientId);
  const code = (await authorize(deployment.browser(), request)).get('code') ?? '';
  const { verifier: code_verifier, redirectUri: redirect_uri } = request;
  return postForm(
    deployment.service,
    '/oauth/token',
    { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri, code_verifier },
    { dpop: await maker.proof('POST', TOKEN_ENDPOINT) },
  );
}

beforeAll(async () => {
  deployment = await startDeployment();
  clientId = await register(deployment.service);
  [holder, thief] = [await startProving(), await startProving()];
  const { body } = await connectWith(holder);
  [bound, refreshToken] = [body.access_token, body.refresh_token];
  unbound = (await connect(deployment, clientId)).access_token;
});
afterAll(() => deployment.close());

const verifier = () => createTokenVerifier({ origin: ORIGIN, audience: MCP, identity: deployment.identity });

interface Call {
  scheme?: string;
  token?: string;
  proof?: string;
  body?: string;
}

/** What an endpoint for MCP requests makes of a call. */
function present({ scheme = 'DPoP', token = bound, proof, body = BODY }: Call) {
  const headers = { authorization: `${scheme} ${token}`, ...(proof === undefined ? {} : { dpop: proof }) };
  return verifier().verifyRequest(httpRequest(MCP, { method: 'POST', headers, body }));
}
const badProof = { code: 'invalid_dpop_proof', status: 401 };
const badToken = { code: 'invalid_token', status: 401 };

describe('a token that is bound to a key', () => {
  it('names the key, and its type', async () => {
    const { body } = await connectWith(holder);
    expect(body.token_type).toBe('DPoP');
    expect(decodeJwt(body.access_token).cnf).toEqual({ jkt: holder.jkt });
  });

  it.each(DPOP_ALGORITHMS.filter((name) => name !== 'EdDSA'))(
    'is accepted from its holder, with a proof signed by %s',
    async (alg) => {
      const maker = await startProving(alg);
      const { body } = await connectWith(maker);
      const proof = await maker.proof('POST', MCP, body.access_token);
      await expect(present({ token: body.access_token, proof })).resolves.toMatchObject({ jkt: maker.jkt });
    },
  );

  it('is accepted under any spelling of the address that means the same, and with a digest of the body', async () => {
    const digest = createHash('sha256').update(BODY).digest('base64');
    for (const claims of [
      { htu: 'https://SALLYPORT.test:443/mcp' },
      { htu: `${MCP}?page=1#top` },
      { content_digest: `sha-256=:${digest}:` },
      { iat: now() - 280 },
      { iat: now() + 280 },
    ])
      await expect(
        present({ proof: await holder.proof('POST', MCP, bound, { claims }) }),
      ).resolves.toMatchObject({
        clientId,
      });
  });

  it.each<[string, () => Promise<ProofChanges> | ProofChanges]>([
    ['for another method', () => ({ claims: { htm: 'GET' } })],
    ['for another path', () => ({ claims: { htu: `${ORIGIN}/api/v1` } })],
    ['for another host', () => ({ claims: { htu: 'https://evil.example/mcp' } })],
    ['for plain http', () => ({ claims: { htu: 'http://sallyport.test/mcp' } })],
    ['for an address with credentials', () => ({ claims: { htu: 'https://u:p@sallyport.test/mcp' } })],
    ['for something that is no address', () => ({ claims: { htu: '/mcp' } })],
    ['that is too old', () => ({ claims: { iat: now() - 320 } })],
    ['from the future', () => ({ claims: { iat: now() + 320 } })],
    ['without a time', () => ({ claims: { iat: undefined } })],
    ['without an id', () => ({ claims: { jti: undefined } })],
    ['without the token’s hash', () => ({ claims: { ath: undefined } })],
    [
      'for another token',
      () => ({ claims: { ath: createHash('sha256').update(unbound).digest('base64url') } }),
    ],
    ['for another body', () => ({ claims: { content_digest: 'sha-256=:AAAA:' } })],
    ['with the wrong type', () => ({ header: { typ: 'JWT' } })],
    ['signed by another key than it carries', () => ({ with: thief.privateKey })],
    ['without a key', () => ({ header: { jwk: undefined } })],
    ['with the private key in it', async () => ({ header: { jwk: await exportJWK(holder.privateKey) } })],
    ['that points to a key elsewhere', () => ({ header: { jwk: undefined, jku: 'https://evil.example/k' } })],
  ])('is refused with a proof %s', async (_what, changes) => {
    const proof = await holder.proof('POST', MCP, bound, await changes());
    await expect(present({ proof })).rejects.toMatchObject(badProof);
  });

  it('is refused with a proof that is unsigned, symmetric, or none at all', async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const payload = (await holder.proof('POST', MCP, bound)).split('.')[1] ?? '';
    const none = `${encode({ typ: 'dpop+jwt', alg: 'none', jwk: holder.publicJwk })}.${payload}.`;
    const secret = { kty: 'oct', k: Buffer.from('secret').toString('base64url') };
    const header = encode({ typ: 'dpop+jwt', alg: 'HS256', jwk: secret });
    const mac = createHmac('sha256', 'secret').update(`${header}.${payload}`).digest('base64url');
    for (const proof of [none, `${header}.${payload}.${mac}`, 'nonsense', '', undefined])
      await expect(present(proof === undefined ? {} : { proof })).rejects.toMatchObject(badProof);
  });

  it('is refused to a thief with a key of their own', async () => {
    const proof = await thief.proof('POST', MCP, bound);
    await expect(present({ proof })).rejects.toMatchObject(badProof);
  });

  it('is refused to a thief who replays a proof, however many try at the same time', async () => {
    const proof = await holder.proof('POST', MCP, bound);
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => present({ proof })));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(present({ proof })).rejects.toMatchObject(badProof);
  });

  it('is refused to a thief who writes the same proof differently', async () => {
    const proof = await holder.proof('POST', MCP, bound);
    await present({ proof });
    const { jti } = decodeJwt(proof);
    const again = await holder.proof('POST', MCP, bound, { claims: { jti } });
    await expect(present({ proof: again })).rejects.toMatchObject(badProof);
    await expect(
      present({ proof: `${proof}, ${await holder.proof('POST', MCP, bound)}` }),
    ).rejects.toMatchObject(badProof);
  });

  it('is refused as a bearer token, with a proof or without', async () => {
    await expect(present({ scheme: 'Bearer' })).rejects.toMatchObject(badToken);
    const proof = await holder.proof('POST', MCP, bound);
    await expect(present({ scheme: 'Bearer', proof })).rejects.toMatchObject(badToken);
  });
});

describe('a bearer token', () => {
  it('is refused as a bound one', async () => {
    const proof = await thief.proof('POST', MCP, unbound);
    await expect(present({ token: unbound, proof })).rejects.toMatchObject(badToken);
    await expect(present({ scheme: 'Bearer', token: unbound })).resolves.toMatchObject({ clientId });
  });
});

describe('the judge', () => {
  it('goes by the configured origin, whatever host a request names', async () => {
    const judge = createProofJudge(ORIGIN, deployment.identity);
    const token = await verifier().verify(bound);
    const presented = { scheme: 'DPoP', token: bound } as const;
    const proof = await holder.proof('POST', 'https://evil.example/mcp', bound);
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', dpop: proof };
    const request = httpRequest('https://evil.example/mcp', { method: 'POST', headers });
    await expect(judge.judge(request, presented, token)).rejects.toMatchObject(badProof);
  });

  it('goes by the other origin of the endpoint where the front door says so', async () => {
    const judge = createProofJudge(ORIGIN, deployment.identity);
    const token = await verifier().verify(bound);
    const presented = { scheme: 'DPoP', token: bound } as const;
    const origin = 'https://mtls.example.com';
    const arriving = async (url: string) => {
      const headers = { dpop: await holder.proof('POST', url, bound) };
      return { ...httpRequest(MCP, { method: 'POST', headers }), origin };
    };
    await expect(judge.judge(await arriving(`${origin}/mcp`), presented, token)).resolves.toBeUndefined();
    await expect(judge.judge(await arriving(MCP), presented, token)).rejects.toMatchObject(badProof);
  });
});

describe('at the provider', () => {
  it('a refresh token of a public client is bound to the key as well', async () => {
    const grab = { grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken };
    const steal = async (headers: Record<string, string>) =>
      (await postForm(deployment.service, '/oauth/token', grab, headers)).body.error;
    expect(await steal({})).toBe('invalid_grant');
    expect(await steal({ dpop: await thief.proof('POST', TOKEN_ENDPOINT) })).toBe('invalid_grant');
    const dpop = await holder.proof('POST', TOKEN_ENDPOINT);
    const renewed = await postForm(deployment.service, '/oauth/token', grab, { dpop });
    expect(decodeJwt(renewed.body.access_token).cnf).toEqual({ jkt: holder.jkt });
    // The answer is repeated for a moment, to whoever has the key alone.
    expect(await steal({})).toBe('invalid_grant');
    expect(await steal({ dpop: await thief.proof('POST', TOKEN_ENDPOINT) })).toBe('invalid_grant');
    const retry = { dpop: await holder.proof('POST', TOKEN_ENDPOINT) };
    expect((await postForm(deployment.service, '/oauth/token', grab, retry)).body).toEqual(renewed.body);
  });

  it('a proof is good for one token request', async () => {
    const request = authorizationRequest(clientId);
    const code = (await authorize(deployment.browser(), request)).get('code') ?? '';
    const dpop = await holder.proof('POST', TOKEN_ENDPOINT);
    const first = await redeemWith(request, code, dpop);
    expect(first.status).toBe(200);
    const grab = {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: first.body.refresh_token,
    };
    const answer = await postForm(deployment.service, '/oauth/token', grab, { dpop });
    expect(answer.status).toBe(400);
  });

  it('userinfo needs a proof of its own', async () => {
    const { body } = await connectScoped('openid email mcp');
    const url = `${ORIGIN}/oauth/userinfo`;
    const ask = async (dpop?: string) =>
      deployment.service(
        httpRequest(url, {
          headers: { authorization: `DPoP ${body.access_token}`, ...(dpop === undefined ? {} : { dpop }) },
        }),
      );
    const refused = await ask();
    expect(refused.status).toBe(401);
    expect(refused.headers?.['www-authenticate']).toMatch(/^DPoP error="invalid_dpop_proof", algs="ES256 /);
    const proof = await holder.proof('GET', url, body.access_token);
    expect((await ask(proof)).status).toBe(200);
    expect((await ask(proof)).status).toBe(401);
  });

  it('says which proofs it takes', async () => {
    const answer = await deployment.service(httpRequest(`${ORIGIN}/.well-known/oauth-authorization-server`));
    expect(JSON.parse(answer.body ?? '').dpop_signing_alg_values_supported.sort()).toEqual(
      [...DPOP_ALGORITHMS].sort(),
    );
  });

  it('a token without a proof stays a bearer token', async () => {
    const tokens = await connect(deployment, clientId);
    const next = await refresh(deployment.service, clientId, tokens.refresh_token);
    expect(next.body.token_type).toBe('Bearer');
    expect(decodeJwt(next.body.access_token)).not.toHaveProperty('cnf');
  });
});

async function redeemWith(request: ReturnType<typeof authorizationRequest>, code: string, dpop: string) {
  const { verifier: code_verifier, redirectUri: redirect_uri } = request;
  const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri, code_verifier };
  return postForm(deployment.service, '/oauth/token', form, { dpop });
}

async function connectScoped(scope: string) {
  const request = authorizationRequest(clientId, { scope });
  const code = (await authorize(deployment.browser(), request)).get('code') ?? '';
  return redeemWith(request, code, await holder.proof('POST', TOKEN_ENDPOINT));
}
