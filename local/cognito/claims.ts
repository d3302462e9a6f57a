import type { AccountClaims } from 'oidc-provider';
import type { Person } from './people.ts';

/** The claims of each scope, named as in Cognito's ID tokens. */
export const CLAIMS_OF_SCOPES = {
  openid: ['sub', 'cognito:username', 'cognito:groups', 'token_use'],
  email: ['email', 'email_verified'],
  profile: ['name'],
};

/** A person's claims; who is in no group has no `cognito:groups`, as in Cognito. */
export const claimsOf = (person: Person): AccountClaims => ({
  sub: person.sub,
  'cognito:username': person.sub,
  ...(person.groups.length > 0 ? { 'cognito:groups': [...person.groups] } : {}),
  token_use: 'id',
  email: person.email,
  email_verified: true,
  name: person.name,
});
