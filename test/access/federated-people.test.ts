import { describe, expect, it } from '@jest/globals';
import { personId } from '../../lambdas/access/sessions/person.ts';
import { personFromClaims } from '../../lambdas/access/sign-in/person-from-claims.ts';
import type { TrustedProvider } from '../../lambdas/access/sign-in/trusted-provider.ts';

const okta: TrustedProvider = {
  name: 'okta',
  emailDomains: ['example.com'],
  saysVerified: false,
  attributes: [],
};
const google: TrustedProvider = {
  name: 'workspace',
  emailDomains: ['example.com', 'xn--bcher-kva.example'],
  saysVerified: true,
  attributes: [],
};
const identity = (providerName: string, userId = '00u1') => ({ userId, providerName, primary: 'true' });

/** What a pool's ID token says of somebody whom a provider sent: Cognito writes `email_verified: false` by itself. */
const claims = (more: Record<string, unknown> = {}) => ({
  sub: '0f2c1d5e',
  'cognito:username': 'okta_00u1',
  email: 'Alice@Example.com',
  email_verified: false,
  name: 'Alice Archer',
  identities: [identity('okta')],
  ...more,
});
const person = (more: Record<string, unknown> = {}, providers = [okta, google]) =>
  personFromClaims(claims(more), { pool: 'cognito', providers }).person;
const refused = (fields: object) => expect.objectContaining({ code: 'sign_in_refused', ...fields });

describe('a person whom an identity provider sent', () => {
  it.each([
    ['a list', [identity('okta')]],
    ['text', JSON.stringify([identity('okta')])],
  ])(
    'is that provider and its subject (identities as %s), not the profile in the pool',
    (_form, identities) => {
      expect(person({ identities })).toEqual({
        id: personId('okta', '00u1'),
        idp: 'okta',
        subject: '00u1',
        email: 'alice@example.com',
        name: 'Alice Archer',
        groups: undefined,
        claims: {},
      });
      expect(person({ identities, sub: 'after-a-new-pool' }).id).toBe(personId('okta', '00u1'));
    },
  );

  it('stays the same person with a new address', () => {
    const married = person({ email: 'alice.baker@example.com' });
    expect(married).toMatchObject({ id: person().id, email: 'alice.baker@example.com' });
  });

  it('is another person than the one of the same address at another provider, and of the same subject', () => {
    const elsewhere = person({ identities: [identity('workspace')], email_verified: 'true' });
    expect(elsewhere.email).toBe(person().email);
    expect(elsewhere.id).not.toBe(person().id);
  });

  it('may have an address with other letters in their ASCII form', () => {
    const email = 'alice@xn--bcher-kva.example';
    expect(person({ email, email_verified: 'true', identities: [identity('workspace')] }).email).toBe(email);
  });
});

describe('an identity provider is not believed', () => {
  it.each([
    ['of another domain', 'alice@outside.test'],
    ['of a domain below its own', 'alice@lab.example.com'],
    ['of the domain above its own', 'alice@com'],
    ['of a domain that ends like its own', 'alice@notexample.com'],
    ['of a domain that begins like its own', 'alice@example.com.evil.test'],
    ['with a dot at the end', 'alice@example.com.'],
    ['with two @', 'mallory@evil.test@example.com'],
    ['with a quoted @', '"alice@example.com"@evil.test'],
    ['with its own domain in a comment', 'mallory@evil.test(@example.com)'],
    ['among several', 'mallory@evil.test,alice@example.com'],
    ['with a name before it', 'Alice <alice@example.com>'],
    ['with a line break', 'mallory@evil.test\nalice@example.com'],
    ['with a NUL', 'alice\0@example.com'],
    ['with a Cyrillic letter in the domain', 'alice@ex\u0430mple.com'],
    ['with a Cyrillic letter in the name', '\u0430lice@example.com'],
    ['with a full-width @', 'alice\uFF20example.com'],
    ['with a soft hyphen', 'alice@exam\u00ADple.com'],
    ['that is empty', ''],
    ['that is missing', undefined],
  ])('with an address %s', (_what, email) => {
    expect(() => person({ email })).toThrow(refused({ idp: 'okta' }));
  });

  it('with an address of the domain of another provider', () => {
    const acquired = { ...okta, name: 'acquired', emailDomains: ['acquired.example'] };
    const identities = [identity('acquired')];
    expect(() => person({ identities }, [okta, acquired])).toThrow('may not vouch');
  });

  it('without letting the application know the address', () => {
    expect(() => person({ email: 'mallory@outside.test' })).toThrow(
      refused({
        message: expect.not.stringMatching(/mallory|outside/),
        recorded: expect.stringContaining('outside.test is not among the emailDomains'),
      }),
    );
  });

  it.each([false, 'false', undefined])(
    'with an address that it says to be unverified (%s), where it says so',
    (email_verified) => {
      const identities = [identity('workspace')];
      expect(() => person({ identities, email_verified })).toThrow('has not verified');
    },
  );

  it.each(['attached-by-hand', 'Okta', 'okta ', 'cognito', '__proto__'])(
    'when it is called %s, which is not configured',
    (name) => {
      expect(() => person({ identities: [identity(name)] })).toThrow('not accepted here');
    },
  );
});

describe('the user pool cannot be used around the identity providers', () => {
  it('by an account that somebody made there with the address of an owner', () => {
    const made = { identities: undefined, email: 'owner@example.com', email_verified: true };
    expect(() => person(made)).toThrow('Sign in with okta or workspace');
    expect(() => person({ ...made, identities: [] })).toThrow('Sign in with okta or workspace');
    expect(() => person({ ...made, email: 'guest@outside.test' })).toThrow('Sign in with okta or workspace');
  });

  it('by linking a second provider to somebody’s profile: the token does not tell which was used', () => {
    const identities = [identity('okta'), identity('workspace', 'mallory')];
    for (const linked of [identities, identities.toReversed()])
      expect(() => person({ identities: linked, email_verified: true })).toThrow(
        refused({ recorded: expect.stringContaining('workspace') }),
      );
  });
});

describe('what a provider says beyond name and address', () => {
  const mapped = { ...okta, attributes: ['groups', 'amr', 'department'] };
  const said = (more: Record<string, unknown>, provider: TrustedProvider = mapped) =>
    personFromClaims(claims(more), { pool: 'cognito', providers: [provider] });

  it('is taken from the attributes that it is mapped to', () => {
    const { person: alice, authenticationMethods } = said({
      'custom:groups': '[engineering, R%26D+Lab]',
      'custom:amr': '["mfa", "pwd"]',
      'custom:department': 'Research, Lyon',
    });
    expect(alice.groups).toEqual(['engineering', 'R&D Lab']);
    expect(alice.claims).toEqual({ department: ['Research, Lyon'] });
    expect(authenticationMethods).toEqual(['mfa', 'pwd']);
  });

  it('is unknown where it says nothing, and none where it says that there is none', () => {
    expect(said({}).person).toMatchObject({ groups: undefined, claims: {} });
    expect(said({ 'custom:groups': '' }).person.groups).toBeUndefined();
    expect(said({ 'custom:groups': '[]' }).person.groups).toEqual([]);
  });

  it('is not what an earlier mapping left in the pool, nor the pool’s group of all whom it sent', () => {
    const left = { 'custom:groups': 'owners', 'custom:clearance': 'top', 'cognito:groups': ['pool_okta'] };
    expect(said(left, okta).person).toMatchObject({ groups: undefined, claims: {} });
  });

  it('does no harm with names and forms that nobody expects', () => {
    const odd = { ...okta, attributes: ['groups', 'department', '__proto__'] };
    const { person: alice } = said(
      { 'custom:groups': ['engineering'], 'custom:department': '[%E0%A4%A, ok]', 'custom:__proto__': 'x' },
      odd,
    );
    expect(alice.groups).toBeUndefined();
    expect(alice.claims?.department).toEqual(['%E0%A4%A', 'ok']);
    expect(Object.getPrototypeOf(alice.claims)).toBe(Object.prototype);
  });
});
