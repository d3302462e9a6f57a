import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, exportJWK, SignJWT } from 'jose';
import { signInHeadless } from '../../cli/headless-sign-in.ts';
import { tableOf } from '../e2e/administrator.ts';
import { Connection, type Tokens } from '../e2e/connection.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { pastTheOrigin } from './past-the-origin.ts';

let cloud: TestCloud;
let client: Connection;
let alice: Tokens;

beforeAll(async () => {
  cloud = await startCloud();
  client = await Connection.register(cloud.origin);
  alice = await client.signIn('alice');
});
afterAll(() => cloud.stop());

const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

const atPortal = (token: string, headers: Record<string, string> = {}) =>
  fetch(cloud.mcpUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: LIST,
  });
const atAdmin = (token: string) =>
  fetch(`${cloud.origin}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });

/** A token for the admin API, as the command line gets it. */
async function adminToken(person: string): Promise<string> {
  const verifier = 'v'.repeat(43);
  const challenge = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(verifier))).toString(
    'base64url',
  );
  const redirectUri = 'http://127.0.0.1:40405/callback';
  const authorizationUrl = new URL(`${cloud.origin}/oauth/authorize`);
  authorizationUrl.search = new URLSearchParams({
    client_id: 'sallyport-cli',
    response_type: 'code',
    redirect_uri: redirectUri,
    resource: `${cloud.origin}/api/v1`,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString();
  const answer = await signInHeadless({ authorizationUrl, redirectUri, person });
  const response = await fetch(`${cloud.origin}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'sallyport-cli',
      code: answer.searchParams.get('code') ?? '',
      redirect_uri: redirectUri,
      code_verifier: verifier,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}

describe('swapping audiences', () => {
  it('a token of the portal opens neither the admin API nor the console', async () => {
    expect((await atPortal(alice.access_token)).status).toBe(200);
    expect((await atAdmin(alice.access_token)).status).toBe(401);
    const home = await fetch(cloud.origin, {
      headers: { cookie: `sallyport-console=${alice.access_token}` },
    });
    expect(await home.text()).not.toContain('alice@example.com');
  });

  it('an owner’s token of the admin API does not open the portal', async () => {
    const dana = await adminToken('dana');
    expect((await atAdmin(dana)).status).toBe(200);
    expect((await atPortal(dana)).status).toBe(401);
  });

  it('a client of anybody cannot ask for the admin API, nor add it at a refresh', async () => {
    const asked = await fetch(`${cloud.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: client.clientId,
        refresh_token: alice.refresh_token,
        resource: `${cloud.origin}/api/v1`,
      }),
    });
    expect([asked.status, await asked.json()]).toEqual([
      400,
      expect.objectContaining({ error: 'invalid_target' }),
    ]);
  });

  it('an ID token or a refresh token is not an access token', async () => {
    expect((await atPortal(alice.refresh_token)).status).toBe(401);
  });
});

describe('a token with a forged header', () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const forged = async (header: Record<string, unknown>) =>
    new SignJWT(decodeJwt(alice.access_token))
      .setProtectedHeader({ typ: 'at+jwt', alg: 'RS256', ...header })
      .sign(key.privateKey);

  it.each([
    ['the deployment’s key id', async () => ({ kid: decodeProtectedHeader(alice.access_token).kid })],
    ['no key id', async () => ({})],
    ['a key id that is a path', async () => ({ kid: '../../../../dev/null' })],
    ['a key id that is a query', async () => ({ kid: "' OR '1'='1" })],
    ['a key of its own (jwk)', async () => ({ jwk: await exportJWK(key.publicKey), kid: 'mine' })],
    ['an address of keys (jku)', async () => ({ jku: 'https://evil.example/jwks.json', kid: 'mine' })],
    ['a certificate address (x5u)', async () => ({ x5u: 'https://evil.example/cert.pem', kid: 'mine' })],
    ['an unknown critical extension', async () => ({ crit: ['b64'], b64: true, kid: 'mine' })],
  ])('naming %s is refused', async (_name, header) => {
    expect((await atPortal(await forged(await header()))).status).toBe(401);
  });

  it.each(['none', 'None', 'nOnE'])('with the algorithm %s is refused', async (alg) => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [, payload = ''] = alice.access_token.split('.');
    const { kid } = decodeProtectedHeader(alice.access_token);
    for (const signature of ['', 'AAAA'])
      expect((await atPortal(`${encode({ alg, typ: 'at+jwt', kid })}.${payload}.${signature}`)).status).toBe(
        401,
      );
  });

  it('with the public key as the secret of an HMAC is refused', async () => {
    const { keys } = (await (await fetch(`${cloud.origin}/oauth/jwks`)).json()) as {
      keys: { n: string; kid: string }[];
    };
    for (const { n, kid } of keys) {
      const token = await new SignJWT(decodeJwt(alice.access_token))
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
        .sign(Buffer.from(n));
      expect((await atPortal(token)).status).toBe(401);
    }
  });
});

describe('forged forwarded headers', () => {
  const FORGED = {
    forwarded: 'for=10.0.0.1;host=evil.example;proto=https',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-port': '1',
    'x-forwarded-prefix': '/evil',
    'x-original-url': '/api/v1/me',
    'x-rewrite-url': '/api/v1/me',
    'x-real-ip': '10.0.0.1',
    'cloudfront-viewer-address': '10.0.0.1:1',
  };

  it.each(['/.well-known/oauth-authorization-server', '/.well-known/oauth-protected-resource/mcp'])(
    'do not change what %s says',
    async (path) => {
      const plain = await (await fetch(`${cloud.origin}${path}`)).text();
      expect(await (await fetch(`${cloud.origin}${path}`, { headers: FORGED })).text()).toBe(plain);
    },
  );

  it('do not change where a sign-in goes, nor the challenge', async () => {
    const url = new URL(`${cloud.origin}/oauth/authorize`);
    url.search = new URLSearchParams({
      client_id: client.clientId,
      response_type: 'code',
      redirect_uri: client.redirectUri,
      code_challenge: 'c'.repeat(43),
      code_challenge_method: 'S256',
    }).toString();
    const response = await fetch(url, { headers: FORGED, redirect: 'manual' });
    expect(new URL(response.headers.get('location') ?? '', cloud.origin).origin).toBe(cloud.origin);
    const refused = await fetch(cloud.mcpUrl, { method: 'POST', headers: FORGED, body: LIST });
    expect(refused.headers.get('www-authenticate')).toContain(`${cloud.origin}/.well-known/`);
  });
});

describe('going past the distribution to the API itself', () => {
  const FORGED: Record<string, string> = {
    'x-sallyport-origin-secret': 'a guess',
    'x-sallyport-viewer-address': '10.0.0.1',
  };
  const refused = { status: 403, text: expect.stringContaining('"code":"origin_required"') };

  it.each([{}, FORGED])('is refused on every route, with the headers %j', async (headers) => {
    const directly = pastTheOrigin(cloud);
    const dana = `Bearer ${await adminToken('dana')}`;
    for (const path of ['/', '/console/signed-out', '/mcp', '/.well-known/oauth-authorization-server'])
      expect(await directly(path, { headers })).toMatchObject(refused);
    expect(await directly('/api/v1/me', { headers: { ...headers, authorization: dana } })).toMatchObject(
      refused,
    );
    const body = JSON.stringify({ redirect_uris: ['http://127.0.0.1/callback'] });
    const registering = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body };
    expect(await directly('/oauth/register', registering)).toMatchObject(refused);
  });

  it.each([{}, FORGED])(
    'is refused with a good token, used at the origin before or not: %j',
    async (headers) => {
      const directly = pastTheOrigin(cloud);
      const { access_token } = await client.signIn('bob');
      const sent = {
        method: 'POST',
        headers: { ...headers, authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
        body: LIST,
      };
      const unused = await directly('/mcp', sent);
      expect(unused.status).toBe(401);
      expect(unused.headers['www-authenticate']).toContain(`"${cloud.origin}/.well-known/`);
      expect((await atPortal(access_token)).status).toBe(200);
      expect(await directly('/mcp', sent)).toMatchObject(refused);
    },
  );
});

describe('a forged viewer’s address', () => {
  const forged = (last: number) => ({
    'x-sallyport-viewer-address': `10.0.0.${last}`,
    'x-sallyport-origin-secret': 'a guess',
    'x-forwarded-for': `10.0.0.${last}`,
  });

  it('does not reach policies and the audit: they see who connects', async () => {
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'everything__echo' } };
    await fetch(cloud.mcpUrl, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${alice.access_token}`,
        ...forged(1),
      },
      body: JSON.stringify(call),
    });
    const answer = await fetch(`${cloud.origin}/api/v1/audit?person=alice@example.com`, {
      headers: { authorization: `Bearer ${await adminToken('dana')}` },
    });
    const { items } = (await answer.json()) as { items: { ip?: string; tool?: string }[] };
    expect(items.filter(({ tool }) => tool === 'echo').map(({ ip }) => ip)).toContain('127.0.0.1');
    expect(new Set(items.map(({ ip }) => ip))).toEqual(new Set(['127.0.0.1']));
  });

  it('does not give anybody a fresh count of registrations', async () => {
    const identity = tableOf(cloud, 'Identity');
    const counted = async (address: string) => {
      const { items } = await identity.query({ partition: { value: `Registrations#${address}` } });
      return items.reduce((sum, { count }) => sum + Number(count), 0);
    };
    const before = await counted('127.0.0.1');
    for (const last of [1, 2, 3])
      await fetch(`${cloud.origin}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...forged(last) },
        body: JSON.stringify({ redirect_uris: ['http://127.0.0.1/callback'] }),
      });
    expect([await counted('127.0.0.1'), await counted('10.0.0.1')]).toEqual([before + 3, 0]);
  });
});

describe('framing', () => {
  it.each([
    ['the home page', '/'],
    ['a page that is not there', '/console/nothing'],
    ['an error of sign-in', '/oauth/authorize?client_id=unknown'],
    ['an interaction of nobody', '/oauth/interaction/unknown'],
    ['a callback of nobody', '/oauth/callback?state=unknown'],
    ['the MCP endpoint in a browser', '/mcp'],
  ])('%s refuses to be framed, sniffed, cached or asked for without TLS', async (_name, path) => {
    const { headers } = await fetch(`${cloud.origin}${path}`, { headers: { accept: 'text/html' } });
    expect(headers.get('content-type')).toContain('text/html');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });
});

describe('a flood of sign-ins', () => {
  it('does not keep calls through the portal from being answered', async () => {
    let flooding = true;
    const statuses = new Set<number>();
    const flood = Array.from({ length: 48 }, async () => {
      while (flooding) {
        const { status } = await fetch(`${cloud.origin}/oauth/token`, {
          method: 'POST',
          body: 'grant_type=x',
        });
        statuses.add(status);
      }
    });
    const calls: number[] = [];
    for (let call = 0; call < 8; call += 1) calls.push((await atPortal(alice.access_token)).status);
    flooding = false;
    await Promise.all(flood);
    expect(new Set(calls)).toEqual(new Set([200]));
    expect([...statuses].filter((status) => status !== 400 && status !== 429)).toEqual([]);
  });
});
