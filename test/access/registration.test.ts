import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { redirectFault } from '../../lambdas/access/clients/redirect-rules.ts';
import { readRegistration } from '../../lambdas/access/clients/registration.ts';

const ALLOWED = ['https://hosted.example/callback', 'cursor://retrieval/callback'];
const metadataOf = (body: Record<string, unknown>) => {
  const read = readRegistration(body, ALLOWED);
  if ('error' in read) throw new Error(read.error_description);
  return read.metadata;
};

describe('a redirect URI', () => {
  it.each([
    'http://127.0.0.1/callback',
    'http://127.0.0.1:3334/oauth/callback',
    'http://localhost:8080/',
    'http://[::1]:9/x',
    ...ALLOWED,
  ])('%s may be registered', (uri) => {
    expect(redirectFault(uri, ALLOWED)).toBeUndefined();
  });

  it.each([
    'https://evil.example/callback',
    'https://hosted.example/callback/',
    'https://hosted.example/callback?next=x',
    'https://hosted.example.evil.example/callback',
    'http://hosted.example/callback',
    'https://127.0.0.1/callback',
    'http://127.0.0.1@evil.example/callback',
    'http://user:password@127.0.0.1/callback',
    'http://localhost.evil.example/callback',
    'http://127.0.0.1.nip.io/callback',
    'http://0.0.0.0/callback',
    'http://127.0.0.1/callback#fragment',
    'http://127.0.0.1/callback#',
    'cursor://elsewhere/callback',
    'javascript:alert(1)',
    'data:text/html,x',
    'callback',
    '',
  ])('%s may not', (uri) => {
    expect(redirectFault(uri, ALLOWED)).toEqual(expect.any(String));
  });

  it('that is accepted always leads to this machine or is listed', () => {
    const part = fc.constantFrom(
      'http',
      'https',
      '://',
      '127.0.0.1',
      'localhost',
      '[::1]',
      'evil.example',
      '@',
      ':',
      '/',
      '#',
      '\\',
      '.',
      '8080',
      '%2f',
      '?',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const uri = parts.join('');
        if (redirectFault(uri, ALLOWED) !== undefined) return;
        expect(['127.0.0.1', 'localhost', '[::1]']).toContain(new URL(uri).hostname);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('a registration', () => {
  const loopback = ['http://127.0.0.1/callback'];

  it('is refused with the URI that is at fault', () => {
    expect(readRegistration({ redirect_uris: [...loopback, 'https://evil.example/x'] }, ALLOWED)).toEqual({
      error: 'invalid_redirect_uri',
      error_description: expect.stringContaining('https://evil.example/x'),
    });
  });

  it.each([[undefined], [[]], ['http://127.0.0.1/'], [[1]], [Array(21).fill('http://127.0.0.1/')]])(
    'with redirect_uris %j is refused',
    (redirect_uris) => {
      expect(readRegistration({ redirect_uris }, ALLOWED)).toMatchObject({ error: 'invalid_redirect_uri' });
    },
  );

  it.each([null, [], 'text', 7])('that is %j instead of an object is refused', (body) => {
    expect(readRegistration(body, ALLOWED)).toMatchObject({ error: 'invalid_client_metadata' });
  });

  it('is a public native client by default, a web client with a hosted redirect', () => {
    expect(metadataOf({ redirect_uris: loopback })).toMatchObject({
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
    });
    expect(metadataOf({ redirect_uris: [ALLOWED[0]] })).toMatchObject({ application_type: 'web' });
    expect(metadataOf({ redirect_uris: [ALLOWED[1]] })).toMatchObject({ application_type: 'native' });
  });

  it('drops nulls, grants that are not served, and whatever would make us fetch or trust something', () => {
    const metadata = metadataOf({
      redirect_uris: loopback,
      client_uri: null,
      grant_types: ['authorization_code', 'urn:ietf:params:oauth:grant-type:device_code'],
      scope: 'mcp admin',
      jwks_uri: 'https://169.254.169.254/keys',
      sector_identifier_uri: 'https://169.254.169.254/',
      subject_type: 'pairwise',
      client_id: 'sallyport-cli',
      client_secret: 'chosen',
      application_type: 'web',
    });
    expect(metadata).toEqual({
      redirect_uris: loopback,
      grant_types: ['authorization_code'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    });
  });

  it('cannot disguise its name with invisible or direction-changing characters', () => {
    const name = `  Sally\u202eport\u0000\n\u200b  ${'x'.repeat(300)}`;
    const { client_name } = metadataOf({ redirect_uris: loopback, client_name: name });
    expect(client_name).toMatch(/^Sally port x+$/);
    expect(String(client_name)).toHaveLength(100);
    const cut = metadataOf({ redirect_uris: loopback, client_name: `${'x'.repeat(99)}\u{1f512}` });
    expect(String(cut.client_name)).toBe('x'.repeat(99));
    expect(metadataOf({ redirect_uris: loopback, client_name: ' \u200b ' })).not.toHaveProperty(
      'client_name',
    );
  });
});
