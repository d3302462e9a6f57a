import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { type CryptoKey, decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { httpRequest } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  backToClient,
  connect,
  consentForm,
  LISTED_REDIRECT,
  ORIGIN,
  redeem,
  refresh,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { type DocumentServer, publicClient, startDocumentServer } from './document-server.ts';
import { ALICE } from './identity-provider.ts';

let deployment: TestDeployment;
let host: DocumentServer;
beforeAll(async () => {
  // The library's own protection cannot be set up among these tests; the guard stands before it.
  jest.spyOn(console, 'warn').mockImplementation(() => {});
  [deployment, host] = [await startDeployment(), await startDocumentServer()];
});
afterAll(async () => {
  await Promise.all([deployment.close(), host.close()]);
});
beforeEach(() => {
  deployment.idp.next = ALICE;
  host.requests.length = 0;
});

describe('a client whose id is the URL of its metadata document', () => {
  it('is announced, with authentication by none', async () => {
    const path = `${ORIGIN}/.well-known/oauth-authorization-server`;
    const metadata = JSON.parse((await deployment.service(httpRequest(path))).body ?? '');
    expect(metadata.client_id_metadata_document_supported).toBe(true);
    expect(metadata.token_endpoint_auth_methods_supported).toEqual(
      expect.arrayContaining(['none', 'private_key_jwt']),
    );
  });

  it('connects without a registration, refreshes, and has its document fetched once', async () => {
    const clientId = host.publish('/client.json', { body: publicClient() });
    const tokens = await connect(deployment, clientId, { redirect_uri: 'http://localhost:61234/callback' });
    expect(decodeJwt(tokens.access_token)).toMatchObject({ client_id: clientId, aud: `${ORIGIN}/mcp` });
    expect((await refresh(deployment.service, clientId, tokens.refresh_token)).status).toBe(200);
    expect(host.requests).toEqual(['/client.json']);
  });

  it('listens on any loopback port, at the host and path that its document lists', async () => {
    const clientId = host.publish('/ports.json', { body: publicClient() });
    for (const redirect_uri of ['http://localhost:1/callback', 'http://127.0.0.1:65535/callback']) {
      const request = authorizationRequest(clientId, { redirect_uri });
      expect((await authorize(deployment.browser(), request)).get('code')).toEqual(expect.any(String));
    }
    for (const redirect_uri of [
      'http://[::1]:1/callback',
      'http://localhost:1/other',
      'http://localhost:1/callback/',
      'http://localhost:1/callback?x',
      'http://localhost.evil.example:1/callback',
      'http://127.0.0.1:1@evil.example/callback',
      'http://localhost:1\\@evil.example/callback',
      'http://127.1:1/callback',
      'https://localhost:1/callback',
      'https://evil.example/callback',
    ]) {
      const page = await deployment.browser().visit(authorizationRequest(clientId, { redirect_uri }).url);
      expect([page.status, page.url.pathname]).toEqual([400, '/oauth/authorize']);
      expect(page.body).toContain('redirect_uri');
    }
  });

  it('that wants its tokens bound to a key gets none without a proof', async () => {
    const body = publicClient({ dpop_bound_access_tokens: true });
    const clientId = host.publish('/bound.json', { body });
    const request = authorizationRequest(clientId, { redirect_uri: 'http://localhost:1/callback' });
    const code = (await authorize(deployment.browser(), request)).get('code') ?? '';
    const { status, body: answer } = await redeem(deployment.service, clientId, request, code);
    expect({ status, error: answer.error }).toEqual({ status: 400, error: 'invalid_grant' });
  });

  describe('that proves itself with a key', () => {
    const keyed = (more: object) =>
      publicClient({
        token_endpoint_auth_method: 'private_key_jwt',
        redirect_uris: [LISTED_REDIRECT],
        ...more,
      });
    const proof = async (clientId: string, key: CryptoKey) => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT()
        .setProtectedHeader({ alg: 'ES256', kid: 'k' })
        .setIssuer(clientId)
        .setSubject(clientId)
        .setAudience(ORIGIN)
        .setIssuedAt()
        .setExpirationTime('1m')
        .setJti(crypto.randomUUID())
        .sign(key),
    });
    const newKey = async () => {
      const { publicKey, privateKey } = await generateKeyPair('ES256');
      const jwk = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256', use: 'sig' };
      return { jwks: { keys: [jwk] }, privateKey };
    };
    /** Signs in and redeems the code, with one proof after the other; returns what each got. */
    const redeemWith = async (clientId: string, ...keys: (CryptoKey | undefined)[]) => {
      const request = authorizationRequest(clientId, { redirect_uri: LISTED_REDIRECT });
      const code = (await authorize(deployment.browser(), request)).get('code') ?? '';
      const statuses: number[] = [];
      for (const key of keys) {
        const more = key ? await proof(clientId, key) : {};
        statuses.push((await redeem(deployment.service, clientId, request, code, more)).status);
      }
      return statuses;
    };

    it('is let in with that of its document, and with no other and none', async () => {
      const [own, other] = [await newKey(), await newKey()];
      const clientId = host.publish('/keyed.json', { body: keyed({ jwks: own.jwks }) });
      expect(await redeemWith(clientId, undefined, other.privateKey, own.privateKey)).toEqual([
        401, 401, 200,
      ]);
    });

    it('may publish it at an address of its own, which is fetched like its document', async () => {
      const { jwks, privateKey } = await newKey();
      const jwks_uri = host.publish('/keys.json', { body: () => jwks });
      const clientId = host.publish('/linked.json', { body: keyed({ jwks_uri }) });
      expect(await redeemWith(clientId, privateKey)).toEqual([200]);
    });

    it('cannot make us ask for its keys without end', async () => {
      const { privateKey } = await newKey();
      const jwks_uri = host.publish('/no-keys.json', { body: 'no keys' });
      const clientId = host.publish('/many-asks.json', { body: keyed({ jwks_uri }) });
      const ask = async () => {
        const more = await proof(clientId, privateKey);
        return redeem(deployment.service, clientId, authorizationRequest(clientId), 'code', more);
      };
      // One after the other: requests at the same time share one look at the keys.
      for (let asks = 0; asks < 130; asks++) await ask();
      const asked = host.requests.filter((path) => path === '/no-keys.json').length;
      expect(asked).toBeGreaterThan(0);
      // Whoever asks across the turn of a minute gets two minutes' worth.
      expect(asked).toBeLessThanOrEqual(120);
    });

    it.each<[string, (jwks: object) => string]>([
      ['an address of the cloud', () => 'https://169.254.169.254/keys.json'],
      ['a private network', () => 'https://[::ffff:10.0.0.1]/keys.json'],
      [
        'a redirect',
        (jwks) => {
          const location = host.publish('/moved-to.json', { body: () => jwks });
          return host.publish('/moved.json', { status: 302, headers: { location }, body: '' });
        },
      ],
      [
        'a large file',
        (jwks) => host.publish('/large.json', { body: () => ({ ...jwks, x: 'x'.repeat(70_000) }) }),
      ],
    ])('is not let in with keys behind %s', async (what, uri) => {
      const { jwks, privateKey } = await newKey();
      const path = `/keys-behind-${what.replaceAll(' ', '-')}.json`;
      const clientId = host.publish(path, { body: keyed({ jwks_uri: uri(jwks) }) });
      expect(await redeemWith(clientId, privateKey)).not.toEqual([200]);
    });
  });

  it('is shown with its host, which vouches for it only as far as it goes', async () => {
    const clientId = host.publish('/hosted.json', {
      body: publicClient({ client_name: 'Claude', redirect_uris: [LISTED_REDIRECT] }),
    });
    const request = authorizationRequest(clientId, { redirect_uri: LISTED_REDIRECT });
    const page = await deployment.browser().visit(request.url);
    expect(consentForm(page).csrf).toEqual(expect.any(String));
    expect(page.body).toContain('<dt>Comes from</dt><dd><strong>localhost</strong></dd>');
    expect(page.body).toContain('Nobody here has approved applications of <strong>localhost</strong>');
    deployment.setPortal({ clients: { approval: 'none', hosts: ['localhost'] } });
    const known = await deployment.browser().visit(request.url);
    expect(known.body).not.toContain('Nobody here has approved');
    deployment.setPortal({});
  });

  it.each([
    ['whose document is not there', () => `${host.origin}/missing.json`, 'there is none'],
    [
      'whose document speaks for another',
      () => host.publish('/thief.json', { body: publicClient({ client_id: 'https://claude.ai/client' }) }),
      'client_id',
    ],
    [
      'whose document lists places elsewhere',
      () => host.publish('/else.json', { body: publicClient({ redirect_uris: ['https://evil.example/'] }) }),
      'redirect',
    ],
    ['at an address of the cloud', () => 'https://169.254.169.254/latest/meta-data/', 'address'],
    ['in a private network', () => 'https://10.0.0.1/client.json', 'address'],
    ['on a port that is no web server’s', () => 'https://app.example:22/client.json', 'port'],
    ['over plain http', () => 'http://app.example/client.json', 'https://'],
  ])('%s gets a page and never a redirect', async (_what, id, reason) => {
    const request = authorizationRequest(id());
    const page = await deployment.browser().visit(request.url, {}, backToClient(request));
    expect(page.status).toBe(400);
    expect(page.body).toContain('This sign-in cannot go on');
    expect(page.body).toContain(reason);
  });

  it('is told to come again, and not that it is unknown, while its document cannot be had', async () => {
    const clientId = host.publish('/down.json', { status: 503, body: '' });
    const answer = await refresh(deployment.service, clientId, 'some-token');
    expect([answer.status, answer.body.error]).toEqual([400, 'temporarily_unavailable']);
  });

  it('is no fault of ours while its document cannot be had, which alarms would take for one', async () => {
    const clientId = host.publish('/never.json', { status: 500, body: '' });
    const request = authorizationRequest(clientId);
    for (let time = 0; time < 2; time++) {
      const page = await deployment.browser().visit(request.url, {}, backToClient(request));
      expect(page.status).toBe(400);
      expect(page.body).toContain('cannot be read');
    }
  });
});
