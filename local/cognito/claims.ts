import type { AccountClaims } from 'oidc-provider';
import type { Account } from './accounts.ts';

/** The claims of each scope, named as in Cognito's ID tokens. */
export const CLAIMS_OF_SCOPES = {
  openid: ['sub', 'cognito:username', 'cognito:groups', 'token_use', 'identities'],
  email: ['email', 'email_verified'],
  profile: ['name'],
};

/** An account's claims; who is in no group has no `cognito:groups`, as in Cognito. */
export function claimsOf({ sub, person, provider }: Account, poolId: string): AccountClaims {
  const { email, name } = person;
  const shared = { sub, token_use: 'id', email, name };
  if (provider)
    return {
      ...shared,
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
