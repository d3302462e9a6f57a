import type { AccountClaims } from 'oidc-provider';
import type { Account, PoolProvider } from './accounts.ts';
import type { Person } from './people.ts';

export const SCOPES = ['openid', 'email', 'profile'];

/** The claims of each scope, named as in Cognito's ID tokens; custom attributes come with the profile. */
export const claimsOfScopes = (attributes: readonly string[]) => ({
  openid: ['sub', 'cognito:username', 'cognito:groups', 'token_use', 'identities'],
  email: ['email', 'email_verified'],
  profile: ['name', ...attributes],
});

/** What the provider says of a person, as the pool writes it: several values in one text, form-encoded. */
function mappedClaims({ groups, amr, claims }: Person, { attributes = {} }: PoolProvider): AccountClaims {
  const said: Readonly<Record<string, readonly string[] | undefined>> = { ...claims, groups, amr };
  const mapped = Object.entries(attributes).flatMap(([attribute, claim]) => {
    const values = said[claim];
    if (!values) return [];
    const encoded = values.map((value) => encodeURIComponent(value).replaceAll('%20', '+'));
    return [[attribute, values.length === 1 ? values[0] : `[${encoded.join(',')}]`]];
  });
  return Object.fromEntries(mapped) as AccountClaims;
}

/** An account's claims; who is in no group has no `cognito:groups`, as in Cognito. */
export function claimsOf({ sub, person, provider }: Account, poolId: string): AccountClaims {
  const { email, name } = person;
  const shared = { sub, token_use: 'id', email, name };
  if (provider)
    return {
      ...shared,
      ...mappedClaims(person, provider),
      'cognito:username': `${provider.name}_${person.sub}`,
      // Cognito makes a group of everybody whom a provider sent.
      'cognito:groups': [`${poolId}_${provider.name}`],
      email_verified: provider.saysVerified,
      identities: [
        {
          dateCreated: '1767225600000',
          userId: person.sub,
          providerName: provider.name,
          providerType: provider.type,
          issuer: null,
          primary: 'true',
        },
      ],
    };
  return {
    ...shared,
    'cognito:username': sub,
    ...(person.groups.length > 0 ? { 'cognito:groups': [...person.groups] } : {}),
    email_verified: true,
  };
}
