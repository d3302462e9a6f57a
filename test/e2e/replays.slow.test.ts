import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signInHeadless } from '../../cli/headless-sign-in.ts';
import { startCloud, type TestCloud } from '../fixtures/cloud.ts';
import { Connection } from './connection.ts';
import { chatGpt } from './replays/chatgpt.ts';
import { claudeAi } from './replays/claude-ai.ts';
import { claudeCode } from './replays/claude-code.ts';
import { cursor } from './replays/cursor.ts';
import { inspector } from './replays/inspector.ts';
import { runReplay } from './replays/run-replay.ts';
import { vsCode } from './replays/vs-code.ts';

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startCloud();
});
afterAll(() => cloud.stop());

describe('a client signs in and lists tools, request by request', () => {
  const replays = [claudeCode, claudeAi, vsCode, cursor, chatGpt, inspector].flat();

  it.each(replays)('$client', async (replay) => {
    await runReplay(cloud.origin, replay);
  });
});

/** Clients try several addresses; what is not there must say so quickly, and never claim another issuer. */
describe('a well-known address that clients try', () => {
  it.each([
    ['/.well-known/oauth-authorization-server', 200],
    ['/.well-known/openid-configuration', 200],
    ['/.well-known/oauth-protected-resource', 200],
    ['/.well-known/oauth-protected-resource/mcp', 200],
    ['/.well-known/oauth-authorization-server/mcp', 404],
    ['/.well-known/openid-configuration/mcp', 404],
    ['/.well-known/oauth-protected-resource/mcp/', 404],
    ['/mcp/.well-known/oauth-authorization-server', 404],
    ['/mcp/.well-known/openid-configuration', 404],
    ['/mcp/.well-known/oauth-protected-resource', 404],
    ['/favicon.ico', 404],
  ])('%s answers %i with JSON', async (path, status) => {
    const response = await fetch(`${cloud.origin}${path}`, { redirect: 'manual' });
    expect([response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([
      status,
      'application/json',
    ]);
    const body = (await response.json()) as { issuer?: string; authorization_servers?: string[] };
    expect(body.issuer ?? body.authorization_servers?.[0] ?? cloud.origin).toBe(cloud.origin);
  });
});

describe('a page in a browser', () => {
  const origin = 'http://localhost:6274';
  const preflight = (path: string, method: string, headers = 'content-type,mcp-protocol-version') =>
    fetch(`${cloud.origin}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        'access-control-request-headers': headers,
      },
    });

  it.each([
    ['/.well-known/oauth-protected-resource/mcp', 'GET'],
    ['/.well-known/oauth-authorization-server', 'GET'],
    ['/oauth/register', 'POST'],
    ['/oauth/token', 'POST'],
    ['/oauth/revoke', 'POST'],
  ])('may call %s', async (path, method) => {
    const { status, headers } = await preflight(path, method);
    expect(status).toBe(204);
    expect(['*', origin]).toContain(headers.get('access-control-allow-origin'));
    expect(headers.get('access-control-allow-methods')).toContain(method);
    expect(headers.get('access-control-allow-headers')).toContain('mcp-protocol-version');
  });
});

describe('the MCP endpoint', () => {
  const ask = (origin: string) =>
    fetch(cloud.mcpUrl, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,mcp-param-city,x-other',
      },
    });

  it('lets pages of an allowed origin send what MCP clients send', async () => {
    const { status, headers } = await ask(cloud.origin);
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, cloud.origin]);
    expect(headers.get('access-control-allow-headers')).toBe('authorization, content-type, mcp-param-city');
  });

  it('allows pages of other origins nothing', async () => {
    const { status, headers } = await ask('https://evil.example');
    expect([status, headers.get('access-control-allow-origin')]).toEqual([204, null]);
  });

  it('lets any page read the challenge, with which its client begins to sign in', async () => {
    const { headers } = await fetch(cloud.mcpUrl, { method: 'POST', body: '{}' });
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-expose-headers')?.toLowerCase()).toBe('www-authenticate');
  });
});

describe('a resource that is spelled otherwise', () => {
  it('is refused, and the answer names the right one', async () => {
    const client = await Connection.register(cloud.origin);
    const authorizationUrl = new URL(`${cloud.origin}/oauth/authorize`);
    authorizationUrl.search = new URLSearchParams({
      client_id: client.clientId,
      response_type: 'code',
      redirect_uri: client.redirectUri,
      code_challenge: 'A'.repeat(43),
      code_challenge_method: 'S256',
      resource: `${cloud.mcpUrl}/`,
    }).toString();
    const { searchParams } = await signInHeadless({
      authorizationUrl,
      redirectUri: client.redirectUri,
      person: 'alice',
    });
    expect(searchParams.get('error')).toBe('invalid_target');
    expect(searchParams.get('error_description')).toContain(cloud.mcpUrl);
  });
});
