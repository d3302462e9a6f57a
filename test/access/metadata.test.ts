import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { httpRequest } from './browser.ts';
import { ORIGIN, startDeployment, type TestDeployment } from './deployment.ts';

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());

const read = async (path: string) => {
  const answer = await deployment.service(httpRequest(`${ORIGIN}${path}`));
  return { status: answer.status, headers: answer.headers ?? {}, body: JSON.parse(answer.body ?? '{}') };
};

describe('metadata', () => {
  it.each(['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])(
    'at %s speaks of the public origin alone',
    async (path) => {
      const { body } = await read(path);
      expect(body).toMatchObject({
        issuer: ORIGIN,
        authorization_endpoint: `${ORIGIN}/oauth/authorize`,
        token_endpoint: `${ORIGIN}/oauth/token`,
        registration_endpoint: `${ORIGIN}/oauth/register`,
        jwks_uri: `${ORIGIN}/oauth/jwks`,
        revocation_endpoint: `${ORIGIN}/oauth/revoke`,
        introspection_endpoint: `${ORIGIN}/oauth/introspect`,
        userinfo_endpoint: `${ORIGIN}/oauth/userinfo`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      });
      expect(body.token_endpoint_auth_methods_supported).toContain('none');
      expect(body.grant_types_supported).toEqual([
        'authorization_code',
        'refresh_token',
        'client_credentials',
      ]);
      expect(body.scopes_supported).toEqual(expect.arrayContaining(['mcp', 'offline_access', 'openid']));
      expect(body.scopes_supported).not.toContain('admin');
      expect(body.client_id_metadata_document_supported).toBe(true);
      const addresses = Object.values(body).filter((value) => /^https?:/.test(String(value)));
      expect(addresses.every((address) => new URL(String(address)).origin === ORIGIN)).toBe(true);
    },
  );

  it('ignores every header that claims another host or protocol', async () => {
    const answer = await deployment.service(
      httpRequest(`${ORIGIN}/.well-known/oauth-authorization-server`, {
        headers: {
          host: 'evil.example',
          forwarded: 'host=evil.example;proto=http',
          'x-forwarded-host': 'evil.example',
          'x-forwarded-proto': 'http',
          'x-forwarded-port': '8080',
          'x-original-host': 'evil.example',
        },
      }),
    );
    expect(answer.body).not.toContain('evil.example');
    expect(answer.body).not.toContain('http:');
  });

  it('describes the portal at the root and by path, and the admin API', async () => {
    const portal = {
      resource: `${ORIGIN}/mcp`,
      authorization_servers: [ORIGIN],
      scopes_supported: ['mcp'],
      bearer_methods_supported: ['header'],
    };
    expect((await read('/.well-known/oauth-protected-resource')).body).toMatchObject(portal);
    expect((await read('/.well-known/oauth-protected-resource/mcp')).body).toMatchObject(portal);
    expect((await read('/.well-known/oauth-protected-resource/api/v1')).body).toMatchObject({
      resource: `${ORIGIN}/api/v1`,
      scopes_supported: ['admin'],
    });
    expect((await read('/.well-known/oauth-protected-resource/other')).status).toBe(404);
  });

  it('publishes the public half of the signing key only', async () => {
    const { keys } = (await read('/oauth/jwks')).body;
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0]).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
  });
});
