import { describe, expect, it } from '@jest/globals';
import { readClientDocument } from '../../lambdas/access/clients/client-document.ts';
import { lifetimeOf } from '../../lambdas/access/clients/client-document-fetch.ts';

const ID = 'https://app.example/oauth/client.json';
const RULES = {
  allowedRedirects: ['https://hosted.example/callback', 'cursor://retrieval/callback'],
  grantTypes: ['authorization_code', 'refresh_token'],
};
const CLAUDE_CODE = {
  client_id: ID,
  client_name: 'Claude Code',
  redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
};
const read = (more: object, id = ID) => readClientDocument(id, { ...CLAUDE_CODE, ...more }, RULES);
const metadataOf = (more: object) => {
  const result = read(more);
  if ('fault' in result) throw new Error(result.fault);
  return result.metadata;
};

describe('a client ID metadata document', () => {
  it('makes a native client that may listen on any loopback port', () => {
    expect(metadataOf({})).toEqual({ ...CLAUDE_CODE, application_type: 'native' });
  });

  it.each([
    ['another client’s id', { client_id: 'https://claude.ai/oauth/client.json' }, 'client_id'],
    ['its id in another spelling', { client_id: 'https://app.example:443/oauth/client.json' }, 'client_id'],
    ['no id', { client_id: undefined }, 'client_id'],
    ['a secret', { client_secret: 'chosen' }, 'secret'],
    ['the end of a secret', { client_secret_expires_at: 0 }, 'secret'],
    ['a shared secret method', { token_endpoint_auth_method: 'client_secret_basic' }, 'auth_method'],
    ['an unknown method', { token_endpoint_auth_method: ['none'] }, 'auth_method'],
    ['a key method without keys', { token_endpoint_auth_method: 'private_key_jwt' }, 'jwks'],
    ['no redirect URI', { redirect_uris: [] }, 'redirect_uris'],
    ['redirect URIs that are no list', { redirect_uris: 'http://127.0.0.1/' }, 'redirect_uris'],
    ['other responses alone', { response_types: ['token'] }, 'response_types'],
  ])('with %s is refused', (_what, more, place) => {
    expect(read(more)).toEqual({ fault: expect.stringContaining(place) });
  });

  it.each([null, [], 'text', 7, undefined])('that is %j is refused', (document) => {
    expect(readClientDocument(ID, document, RULES)).toEqual({ fault: expect.stringContaining('object') });
  });

  it.each(['https://app.example/callback', 'https://app.example/a/b?c=d', 'https://hosted.example/callback'])(
    'may send answers to %s',
    (uri) => {
      expect(metadataOf({ redirect_uris: [uri] })).toMatchObject({
        redirect_uris: [uri],
        application_type: 'web',
      });
    },
  );

  it.each([
    'https://evil.example/callback',
    'https://app.example.evil.example/callback',
    'https://evil-app.example/callback',
    'https://www.app.example/callback',
    'https://app.example:8443/callback',
    'https://app.example./callback',
    'https://app.example@evil.example/callback',
    'https://user@app.example/callback',
    'https:\\\\app.example\\callback',
    'https://app.example\\@evil.example/callback',
    'HTTPS://APP.EXAMPLE/callback',
    'https://app.example/callback#fragment',
    'http://app.example/callback',
    'https://hosted.example/callback/',
    'https://127.0.0.1/callback',
    'cursor://elsewhere/callback',
    'javascript://app.example/%0aalert(1)',
    'data:text/html,x',
  ])('may not send answers to %s', (uri) => {
    expect(read({ redirect_uris: [uri] })).toEqual({ fault: expect.stringContaining('redirect') });
    expect(metadataOf({ redirect_uris: [uri, 'http://127.0.0.1/callback'] }).redirect_uris).toEqual([
      'http://127.0.0.1/callback',
    ]);
  });

  it('served on this machine has no https redirects of its own', () => {
    const id = 'http://127.0.0.1:8080/client.json';
    expect(read({ client_id: id, redirect_uris: ['https://127.0.0.1:8080/callback'] }, id)).toHaveProperty(
      'fault',
    );
  });

  it('keeps its public keys, in one place, and nothing else that could be fetched, trusted or shown', () => {
    const jwks = { keys: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y' }] };
    const metadata = metadataOf({
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks,
      client_name: '  App\u202e\u0000 name ',
      client_uri: 'https://claude.ai',
      logo_uri: 'https://169.254.169.254/logo.png',
      sector_identifier_uri: 'https://169.254.169.254/',
      grant_types: ['authorization_code', 'client_credentials', 'implicit'],
      scope: 'admin',
      application_type: 'web',
    });
    expect(metadata).toEqual({
      client_id: ID,
      client_name: 'App name',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks,
      redirect_uris: CLAUDE_CODE.redirect_uris,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      application_type: 'native',
    });
    const both = {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks,
      jwks_uri: 'https://app.example/keys',
    };
    expect(read(both)).toHaveProperty('fault');
  });
});

describe('how long a document is used without asking again', () => {
  it.each([
    [null, 300],
    ['no-store', 300],
    ['max-age=86400, no-cache', 300],
    ['max-age=0', 300],
    ['max-age=-1', 300],
    ['public, max-age=600', 600],
    ['Max-Age="3600"', 3600],
    ['s-maxage=60, max-age=7200', 7200],
    ['max-age=31536000, immutable', 86_400],
    ['max-age=99999999999999999999', 86_400],
  ])('is, by "%s", %d seconds', (header, seconds) => {
    expect(lifetimeOf(header)).toBe(seconds);
  });
});
