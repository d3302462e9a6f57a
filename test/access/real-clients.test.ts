import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { auth as authV2, type OAuthDiscoveryState } from '@modelcontextprotocol/client';
import { auth as authV1 } from '@modelcontextprotocol/sdk/client/auth.js';
import { decodeJwt } from 'jose';
import { signInHeadless } from '../../cli/headless-sign-in.ts';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { PEOPLE } from '../../local/cognito/people.ts';
import { type RunningCognito, startCognito } from '../../local/cognito/start-cognito.ts';
import { listenOnLoopback, readBody } from '../../local/services/loopback.ts';
import { httpRequest, type Service } from './browser.ts';
import { startDeployment, type TestDeployment } from './deployment.ts';

const REDIRECT = 'http://127.0.0.1:49321/callback';
const POOL = { poolId: 'local_people', clientId: 'sallyport' };

let deployment: TestDeployment;
let server: Awaited<ReturnType<typeof listenOnLoopback>>;
let cognito: RunningCognito;
let folder: string;

beforeAll(async () => {
  deployment = await startDeployment();
  folder = await mkdtemp(join(tmpdir(), 'sallyport-cognito-'));
  let service: Service | undefined;
  server = await listenOnLoopback(0, (request, response) => {
    if (service) void relay(service, request, response);
  });
  cognito = await startCognito({
    ...POOL,
    port: 0,
    callbackUrls: [`${server.origin}/oauth/callback`],
    people: PEOPLE,
    dataFolder: folder,
  });
  service = createOAuthService({
    ...deployment.options,
    origin: server.origin,
    idp: { issuer: cognito.issuer, clientId: POOL.clientId, name: 'cognito' },
  });
});
afterAll(async () => {
  await Promise.all([deployment.close(), server.close(), cognito.close()]);
  await rm(folder, { recursive: true });
});

/** What API Gateway does between the network and the function. */
async function relay(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = (await readBody(request, 100_000))?.toString() ?? '';
  const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
  const url = new URL(request.url ?? '/', server.origin);
  const answer = await service(httpRequest(url, { method: request.method ?? 'GET', headers, body }));
  const cookies = answer.cookies ? { 'set-cookie': [...answer.cookies] } : {};
  response.writeHead(answer.status, { ...answer.headers, ...cookies }).end(answer.body);
}

/** An MCP client's memory, with a person who signs in and consents. */
class Client {
  readonly redirectUrl = REDIRECT;
  readonly clientMetadata = {
    client_name: 'MCP client',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  };
  readonly person: string;
  answer: URL | undefined;
  #registered: { client_id: string } | undefined;
  #tokens: { access_token: string; refresh_token?: string | undefined; token_type: string } | undefined;
  #verifier = '';
  #discovered: OAuthDiscoveryState | undefined;

  constructor(person: string) {
    this.person = person;
  }
  clientInformation() {
    return this.#registered;
  }
  saveClientInformation(registered: { client_id: string }) {
    this.#registered = registered;
  }
  tokens() {
    return this.#tokens;
  }
  saveTokens(tokens: { access_token: string; refresh_token?: string | undefined; token_type: string }) {
    this.#tokens = tokens;
  }
  saveCodeVerifier(verifier: string) {
    this.#verifier = verifier;
  }
  saveDiscoveryState(state: OAuthDiscoveryState) {
    this.#discovered = state;
  }
  discoveryState() {
    return this.#discovered;
  }
  codeVerifier() {
    return this.#verifier;
  }
  async redirectToAuthorization(authorizationUrl: URL) {
    this.answer = await signInHeadless({ authorizationUrl, redirectUri: REDIRECT, person: this.person });
  }
}

describe.each([
  ['SDK v2', authV2],
  ['SDK v1', authV1],
] as const)('a client on the %s', (_name, auth) => {
  it('discovers, registers, signs in at the embedded user pool and refreshes, with nothing configured', async () => {
    const client = new Client('alice');
    const serverUrl = `${server.origin}/mcp`;
    expect(await auth(client, { serverUrl })).toBe('REDIRECT');
    const authorizationCode = client.answer?.searchParams.get('code') ?? '';
    const iss = client.answer?.searchParams.get('iss') ?? '';
    expect(await auth(client, { serverUrl, authorizationCode, iss })).toBe('AUTHORIZED');
    const first = client.tokens()?.access_token ?? '';
    expect(decodeJwt(first)).toMatchObject({ iss: server.origin, aud: serverUrl, scope: 'mcp' });
    expect(await auth(client, { serverUrl })).toBe('AUTHORIZED');
    expect(client.tokens()?.access_token).not.toBe(first);
  });
});

it('a person whom the portal refuses is told so, and so is the client', async () => {
  const client = new Client('carol');
  await authV2(client, { serverUrl: `${server.origin}/mcp` });
  expect(client.answer?.searchParams.get('error')).toBe('access_denied');
  expect(client.answer?.searchParams.get('error_description')).toContain('No policy of this portal');
});
