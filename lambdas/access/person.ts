import { createHash } from 'node:crypto';

/** A person is an identity provider and a subject there; the e-mail address is an attribute, never the key. */
export interface Person {
  id: string;
  /** The provider that vouched for the person: a Cognito identity provider's name, or `cognito` for the pool itself. */
  idp: string;
  subject: string;
  email: string;
  name: string | undefined;
  groups: readonly string[];
}

/** The stable id of (IdP, subject), safe in keys, tokens and file names. */
export function personId(idp: string, subject: string): string {
  return `p_${createHash('sha256').update(`${idp}\0${subject}`).digest('base64url').slice(0, 22)}`;
}

/** What a sign-in established; access tokens carry only its `sid`. */
export interface AccessSession {
  sid: string;
  person: Person;
  /** Epoch seconds of the sign-in at the identity provider. */
  authenticatedAt: number;
  /** Epoch seconds. */
  expiresAt: number;
}

/** A session as one application uses it. */
export interface ConnectedSession extends AccessSession {
  /** The name that the application registered, which the person saw when consenting. */
  clientName?: string | undefined;
}

/** The claims of a verified access token (RFC 9068). */
export interface AccessToken {
  /** The person's id. */
  subject: string;
  sid: string;
  grantId: string;
  clientId: string;
  audience: string;
  scopes: readonly string[];
  /** Epoch seconds. */
  expiresAt: number;
}
