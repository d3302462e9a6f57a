import { createHash, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

type Answer = Record<string, unknown> | { error: string; error_description?: string };

/** A small OpenID provider whose next answer a test decides. */
export interface ScriptedIdentityProvider {
  issuer: string;
  clientId: string;
  /** Who signs in next: the claims of the ID token, or a refusal; a function decides by the request. */
  next: Answer | ((request: URLSearchParams) => Answer);
  /** The authorization requests seen so far. */
  requests: URLSearchParams[];
  close(): Promise<void>;
}

export const ALICE = {
  sub: 'sub-alice',
  email: 'alice@example.com',
  email_verified: true,
  name: 'Alice',
  'cognito:groups': ['engineering'],
};
export const BOB = { sub: 'sub-bob', email: 'bob@example.com', email_verified: 'true', name: 'Bob' };
export const CAROL = { sub: 'sub-carol', email: 'carol@outside.test', email_verified: true, name: 'Carol' };

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return new URLSearchParams(text);
}

export async function startIdentityProvider(): Promise<ScriptedIdentityProvider> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'idp', alg: 'RS256', use: 'sig' };
  const codes = new Map<string, { claims: Record<string, unknown>; nonce: string; challenge: string }>();
  const json = (response: ServerResponse, body: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

  const authorize = (query: URLSearchParams, response: ServerResponse) => {
    idp.requests.push(query);
    const back = new URL(query.get('redirect_uri') ?? '');
    back.searchParams.set('state', query.get('state') ?? '');
    const answer = typeof idp.next === 'function' ? idp.next(query) : idp.next;
    if ('error' in answer)
      for (const [name, value] of Object.entries(answer)) back.searchParams.set(name, String(value));
    else {
      const code = randomUUID();
      const [nonce, challenge] = [query.get('nonce') ?? '', query.get('code_challenge') ?? ''];
      codes.set(code, { claims: answer, nonce, challenge });
      back.searchParams.set('code', code);
    }
    response.writeHead(302, { location: back.href }).end();
  };
  const token = async (request: IncomingMessage, response: ServerResponse) => {
    const form = await bodyOf(request);
    const found = codes.get(form.get('code') ?? '');
    codes.delete(form.get('code') ?? '');
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (found?.challenge !== challenge) return json(response, { error: 'invalid_grant' }, 400);
    const id_token = await new SignJWT({ nonce: found.nonce, ...found.claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'idp' })
      .setIssuer(idp.issuer)
      .setAudience(idp.clientId)
      .setIssuedAt()
      .setExpirationTime('5m')
      .sign(privateKey);
    return json(response, { access_token: 'opaque', token_type: 'Bearer', id_token });
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    switch (url.pathname) {
      case '/pool/.well-known/openid-configuration':
        return json(response, {
          issuer: idp.issuer,
          authorization_endpoint: `${idp.issuer}/authorize`,
          token_endpoint: `${idp.issuer}/token`,
          jwks_uri: `${idp.issuer}/jwks`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      case '/pool/authorize':
        return authorize(url.searchParams, response);
      case '/pool/token':
        return void token(request, response);
      case '/pool/jwks':
        return json(response, { keys: [jwk] });
      default:
        return json(response, {}, 404);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const idp: ScriptedIdentityProvider = {
    issuer: `http://127.0.0.1:${port}/pool`,
    clientId: 'sallyport-at-idp',
    next: ALICE,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return idp;
}
