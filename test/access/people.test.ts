import { describe, expect, it } from '@jest/globals';
import { withResourceScopes } from '../../lambdas/access/authorization-request.ts';
import { personId } from '../../lambdas/access/sessions/person.ts';
import { personFromClaims } from '../../lambdas/access/sign-in/person-from-claims.ts';
import { resourcesOf } from '../../lambdas/shared/origin.ts';

const claims = { sub: 'abc', email: 'Alice@Example.com', email_verified: true };

describe('a person', () => {
  it('is the provider and its subject; the address is an attribute', () => {
    const person = personFromClaims({ ...claims, 'cognito:groups': ['engineering'] }, 'cognito');
    expect(person).toEqual({
      id: personId('cognito', 'abc'),
      idp: 'cognito',
      subject: 'abc',
      email: 'alice@example.com',
      name: undefined,
      groups: ['engineering'],
    });
  });

  it.each([
    ['a list', [{ providerName: 'Okta', userId: '00u1' }]],
    ['text', JSON.stringify([{ providerName: 'Okta', userId: '00u1' }])],
  ])('who was federated (identities as %s) is known by the federated provider', (_form, identities) => {
    const person = personFromClaims({ ...claims, identities }, 'cognito');
    expect(person).toMatchObject({ id: personId('Okta', '00u1'), idp: 'Okta', subject: '00u1' });
  });

  it.each(['\u212Aate@example.com', 'kate@\u212Aorp.example'])(
    'at %s does not become somebody with plain letters',
    (email) => {
      expect(personFromClaims({ ...claims, email }, 'cognito').email).toBe(email);
    },
  );

  it('whose address is not verified is not named to the application, which hears of the refusal', () => {
    const unverified = { ...claims, email_verified: false };
    expect(() => personFromClaims(unverified, 'cognito')).toThrow(
      expect.objectContaining({ message: expect.not.stringMatching(/alice/i) }),
    );
  });

  it.each([
    { ...claims, identities: 'not json' },
    { ...claims, sub: 1 },
    { ...claims, 'cognito:groups': 'admin' },
  ])('is not guessed from claims of another form', (strange) => {
    expect(() => personFromClaims(strange, 'cognito')).toThrow(
      expect.objectContaining({ code: 'sign_in_refused', status: 403 }),
    );
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
