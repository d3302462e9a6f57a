import { describe, expect, it } from '@jest/globals';
import { readTokenClaims } from '../../lambdas/access/tokens/token-claims.ts';

const common = { aud: 'https://sallyport.test/mcp', exp: 2_000_000_000, scope: 'mcp' };
const person = { ...common, sub: 'p_alice', sid: 's_1', gid: 'g_1', client_id: 'client-1' };
const service = { ...common, sub: 'service-ci', client_id: 'service-ci', credentials: 'c1' };

describe('the claims of an access token', () => {
  it('are those of a person, or those of a service token', () => {
    const token = readTokenClaims(person);
    expect(token).toMatchObject({ subject: 'p_alice', sid: 's_1', grantId: 'g_1', clientId: 'client-1' });
    expect(token).not.toHaveProperty('service');
    expect(readTokenClaims(service)).toEqual({
      service: 'ci',
      subject: 'service-ci',
      clientId: 'service-ci',
      credentials: 'c1',
      audience: common.aud,
      scopes: ['mcp'],
      expiresAt: common.exp,
    });
  });

  it.each<[string, object]>([
    ['a person with the id of a service token', { ...person, sub: 'service-ci' }],
    ['a person through the client of a service token', { ...person, client_id: 'service-ci' }],
    ['a service token with a session', { ...service, sid: 's_1' }],
    ['a service token with a session and a grant', { ...service, sid: 's_1', gid: 'g_1' }],
    ['a service token with a grant', { ...service, gid: 'g_1' }],
    ['a service token through another client', { ...service, client_id: 'client-1' }],
    ['a service token through the client of another', { ...service, client_id: 'service-nightly' }],
    ['a service token without a name', { ...service, sub: 'service-', client_id: 'service-' }],
    ['a service token of no credentials', { ...service, credentials: undefined }],
    ['a person without a session', { ...person, sid: undefined }],
    ['a person without a grant', { ...person, gid: undefined }],
    ['a person without a session and a grant', { ...person, sid: undefined, gid: undefined }],
    ['several audiences', { ...service, aud: [common.aud, 'https://sallyport.test/api/v1'] }],
  ])('are not those of %s', (_name, claims) => {
    expect(readTokenClaims(claims)).toBeUndefined();
  });
});
