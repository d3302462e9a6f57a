import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { startProving } from '../access/dpop-client.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { Connection, readTokens, type Tokens } from './connection.ts';
import { signWithDeploymentKey } from './signing-key.ts';

let cloud: TestCloud;
let client: Connection;
let alice: Tokens;

beforeAll(async () => {
  cloud = await startCloud();
  client = await Connection.register(cloud.origin);
  alice = await client.signIn('alice');
});
afterAll(() => cloud.stop());

const LIST = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

interface Answer {
  status: number;
  challenge: string | null;
  text: string;
}

async function post(body: string, headers: Record<string, string> = {}, query = ''): Promise<Answer> {
  const response = await fetch(`${cloud.mcpUrl}${query}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${alice.access_token}`,
      ...headers,
    },
    body,
  });
  return {
    status: response.status,
    challenge: response.headers.get('www-authenticate'),
    text: await response.text(),
  };
}

const withToken = (token: string) => post(JSON.stringify(LIST), { authorization: `Bearer ${token}` });
const errorOf = ({ text }: Answer): unknown => (JSON.parse(text) as { error: unknown }).error;

describe('a token', () => {
  const challenge = () =>
    `Bearer error="invalid_token", resource_metadata="${cloud.origin}/.well-known/oauth-protected-resource/mcp", scope="mcp"`;

  it('opens the portal when it is good', async () => {
    expect((await withToken(alice.access_token)).status).toBe(200);
  });

  it('that is missing is asked for with the challenge', async () => {
    const response = await fetch(cloud.mcpUrl, { method: 'POST', body: '{}' });
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, challenge()]);
  });

  it('that was signed with the right key opens the portal, so that the refusals below are about its claims', async () => {
    expect((await withToken(await signWithDeploymentKey(cloud, decodeJwt(alice.access_token)))).status).toBe(
      200,
    );
  });

  it.each([
    ['has expired', { exp: Math.floor(Date.now() / 1000) - 61 }],
    ['is for another audience', { aud: 'https://elsewhere.example/mcp' }],
    ['is for the admin API', { aud: 'admin' }],
    ['comes from another issuer', { iss: 'https://elsewhere.example' }],
    ['belongs to no session', { sid: 'gone' }],
    ['belongs to no grant', { gid: 'gone' }],
    ['is for somebody else', { sub: 'p_somebody' }],
  ])('that %s is refused with the challenge', async (_name, wrong) => {
    const claims = { ...decodeJwt(alice.access_token), ...wrong };
    if (claims.aud === 'admin') claims.aud = `${cloud.origin}/api/v1`;
    const answer = await withToken(await signWithDeploymentKey(cloud, claims));
    expect([answer.status, answer.challenge]).toEqual([401, challenge()]);
  });

  it('that was altered is refused with the challenge', async () => {
    const [header, payload = '', signature] = alice.access_token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...claims, sub: 'p_owner' })).toString('base64url');
    const answer = await withToken(`${header}.${forged}.${signature}`);
    expect([answer.status, answer.challenge]).toEqual([401, challenge()]);
  });

  it('in the query counts for nothing', async () => {
    const query = `?access_token=${alice.access_token}`;
    const alone = await fetch(`${cloud.mcpUrl}${query}`, { method: 'POST', body: JSON.stringify(LIST) });
    expect(alone.status).toBe(401);
    expect((await post(JSON.stringify(LIST), {}, query)).status).toBe(400);
  });

  it('of the portal does not open the admin API', async () => {
    const response = await fetch(`${cloud.origin}/api/v1/me`, {
      headers: { authorization: `Bearer ${alice.access_token}` },
    });
    expect(response.status).toBe(401);
  });

  it('whose grant was revoked opens nothing and cannot be refreshed', async () => {
    const other = await Connection.register(cloud.origin);
    const bob = await other.signIn('bob');
    await fetch(`${cloud.origin}/oauth/revoke`, {
      method: 'POST',
      body: new URLSearchParams({ token: bob.refresh_token, client_id: other.clientId }),
    });
    expect((await other.refresh(bob.refresh_token)).status).toBe(400);
    expect((await withToken(bob.access_token)).status).toBe(401);
  });
});

describe('a token that is bound to a key', () => {
  it('opens the portal and the admin API with a proof, once, and never as a bearer token', async () => {
    const holder = await startProving();
    const bound = (claims: Record<string, unknown>) =>
      signWithDeploymentKey(cloud, { ...decodeJwt(alice.access_token), ...claims, cnf: { jkt: holder.jkt } });
    const token = await bound({});
    const dpop = await holder.proof('POST', cloud.mcpUrl, token);
    const list = (headers: Record<string, string>) => post(JSON.stringify(LIST), headers);
    expect((await list({ authorization: `DPoP ${token}`, dpop })).status).toBe(200);
    const replayed = await list({ authorization: `DPoP ${token}`, dpop });
    expect([replayed.status, errorOf(replayed)]).toEqual([
      401,
      expect.objectContaining({ code: 'invalid_dpop_proof' }),
    ]);
    expect((await withToken(token)).status).toBe(401);

    const me = `${cloud.origin}/api/v1/me`;
    const admin = await bound({ aud: `${cloud.origin}/api/v1`, scope: 'admin' });
    const proof = await holder.proof('GET', me, admin);
    const ask = async () =>
      (await fetch(me, { headers: { authorization: `DPoP ${admin}`, dpop: proof } })).status;
    expect(await ask()).not.toBe(401);
    expect(await ask()).toBe(401);
  });
});

describe('a request', () => {
  it('of a page of a foreign origin is refused', async () => {
    const answer = await post(JSON.stringify(LIST), { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(errorOf(answer)).toMatchObject({ message: expect.stringContaining('origin') });
  });

  it('of a page of the deployment itself is not', async () => {
    expect((await post(JSON.stringify(LIST), { origin: cloud.origin })).status).toBe(200);
  });

  it('over 4 MiB is refused as too large', async () => {
    const answer = await post(JSON.stringify({ ...LIST, params: { pad: 'x'.repeat(4 * 1024 * 1024) } }));
    expect(answer.status).toBe(413);
  });

  it('over 10 MB does not get past the gateway', async () => {
    const answer = await post(JSON.stringify({ ...LIST, params: { pad: 'x'.repeat(10 * 1024 * 1024) } }));
    expect(answer.status).toBe(413);
    expect(errorOf(answer)).toMatchObject({ code: 'request_too_large' });
  });

  it.each([
    ['bad JSON', '{"jsonrpc": "2.0"', 400, -32700],
    ['a batch', JSON.stringify([LIST]), 400, -32600],
    ['a method that there is not', JSON.stringify({ ...LIST, method: 'sessions/steal' }), 200, -32601],
  ])('with %s gets the error of the protocol', async (_name, body, status, code) => {
    const answer = await post(body, { 'mcp-protocol-version': '2025-06-18' });
    expect([answer.status, errorOf(answer)]).toEqual([status, expect.objectContaining({ code })]);
  });

  it('with a batch, in the one version that has them, gets an answer to each message', async () => {
    const batch = [LIST, { ...LIST, id: 2, method: 'ping' }, { jsonrpc: '2.0', method: 'notifications/x' }];
    const { status, text } = await post(JSON.stringify(batch), { 'mcp-protocol-version': '2025-03-26' });
    const ids = (JSON.parse(text) as { id: number }[]).map(({ id }) => id).toSorted((a, b) => a - b);
    expect([status, ids]).toEqual([200, [1, 2]]);
  });

  it('whose Mcp-Name differs from its body is refused', async () => {
    const params = {
      name: 'hr__find_employee',
      arguments: { query: 'a' },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call' };
    const wrong = await post(body, { ...headers, 'mcp-name': 'hr__request_time_off' });
    expect([wrong.status, errorOf(wrong)]).toEqual([400, expect.objectContaining({ code: -32020 })]);
    expect((await post(body, { ...headers, 'mcp-name': 'hr__find_employee' })).status).toBe(200);
  });

  it('for a tool that policies keep from the person is answered as if there were none', async () => {
    const bob = await client.signIn('bob');
    const call = async (name: string) => {
      const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name } });
      return errorOf(await post(body, { authorization: `Bearer ${bob.access_token}` }));
    };
    expect(await call('everything__echo')).toEqual({
      code: -32602,
      message: 'Unknown tool: everything__echo',
    });
    expect(await call('everything__nothing')).toEqual({
      code: -32602,
      message: 'Unknown tool: everything__nothing',
    });
  });
});

describe('what may happen once', () => {
  it('is one of five parallel redemptions of a code', async () => {
    const code = (await client.authorize('alice')).get('code') ?? '';
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.redeem(code)));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400, 400, 400, 400]);
  });

  it('is one new chain of five parallel uses of a refresh token', async () => {
    const { refresh_token } = await client.signIn('alice');
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.refresh(refresh_token)));
    const successes = await Promise.all(answers.filter(({ ok }) => ok).map(readTokens));
    expect(successes.length).toBeGreaterThan(0);
    expect(new Set(successes.map((tokens) => tokens.refresh_token)).size).toBe(1);
    expect((await client.refresh(successes[0]?.refresh_token ?? '')).status).toBe(200);
  });
});

describe('a person whom the portal does not admit', () => {
  it('is told why when signing in', async () => {
    const answer = await client.authorize('carol').then(
      (query) => query.get('error_description'),
      (error: unknown) => String(error),
    );
    expect(answer).toContain('No policy of this portal allows you');
  });
});
