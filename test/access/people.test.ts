import { describe, expect, it } from '@jest/globals';
import { withResourceScopes } from '../../lambdas/access/authorization-request.ts';
import { personId } from '../../lambdas/access/sessions/person.ts';
import { personFromClaims } from '../../lambdas/access/sign-in/person-from-claims.ts';
import { resourcesOf } from '../../lambdas/shared/origin.ts';

const claims = { sub: 'abc', email: 'Alice@Example.com', email_verified: true };
const POOL = { pool: 'cognito', providers: [] };

describe('a person of the user pool itself', () => {
  it('is the pool and its subject; the address is an attribute', () => {
    const { person } = personFromClaims({ ...claims, 'cognito:groups': ['engineering'] }, POOL);
    expect(person).toEqual({
      id: personId('cognito', 'abc'),
      idp: 'cognito',
      subject: 'abc',
      email: 'alice@example.com',
      name: undefined,
      groups: ['engineering'],
      claims: {},
    });
  });

  it.each(['\u212Aate@example.com', 'kate@\u212Aorp.example'])(
    'at %s does not become somebody with plain letters',
    (email) => {
      expect(personFromClaims({ ...claims, email }, POOL).person.email).toBe(email);
    },
  );

  it('whose address is not verified is not named to the application, which hears of the refusal', () => {
    const unverified = { ...claims, email_verified: false };
    expect(() => personFromClaims(unverified, POOL)).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/alice/i) }),
    );
  });

  it.each([
    { ...claims, identities: 'not json' },
    { ...claims, identities: [{ providerName: 'okta' }] },
    { ...claims, sub: 1 },
    { ...claims, 'cognito:groups': 'admin' },
  ])('is not guessed from claims of another form', (strange) => {
    expect(() => personFromClaims(strange, POOL)).toThrow(
      expect.objectContaining({ code: 'sign_in_refused', status: 403 }),
    );
  });

  it('is not somebody whom a provider sent that is not configured', () => {
    const identities = [{ providerName: 'okta', userId: '00u1' }];
    expect(() => personFromClaims({ ...claims, identities }, POOL)).toThrow('not accepted here');
  });
});

describe('an authorization request', () => {
  const resources = resourcesOf('https://sallyport.test');
  const scopeOf = (query: string) => withResourceScopes(new URLSearchParams(query), resources).get('scope');

  it.each([
    ['client_id=c', 'mcp'],
    ['client_id=c&scope=openid', 'openid mcp'],
    ['client_id=c&scope=mcp', 'mcp'],
    ['client_id=sallyport-cli', 'admin'],
    [`client_id=sallyport-cli&resource=${resources.portal}`, 'mcp'],
    [`client_id=c&resource=${resources.admin}`, null],
    ['client_id=c&resource=https://elsewhere.example', null],
    ['scope=openid', 'openid'],
  ])('%s asks for the scope %s', (query, scope) => {
    expect(scopeOf(query)).toBe(scope);
  });

  it('with two scopes is left for the provider to refuse', () => {
    const query = new URLSearchParams('client_id=c&scope=a&scope=b');
    expect(withResourceScopes(query, resources)).toBe(query);
  });
});
