import { createHash } from 'node:crypto';

/** A person is an identity provider and a subject there; the e-mail address is an attribute, never the key. */
export interface Person {
  id: string;
  /** The provider that vouched for the person: a Cognito identity provider's name, or `cognito` for the pool itself. */
  idp: string;
  subject: string;
  email: string;
  name: string | undefined;
  /** Undefined when the provider says nothing of groups. */
  groups: readonly string[] | undefined;
  /** What else the provider said, each claim with its values. */
  claims?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** The stable id of (IdP, subject), safe in keys, tokens and file names. */
export function personId(idp: string, subject: string): string {
  return `p_${createHash('sha256').update(`${idp}\0${subject}`).digest('base64url').slice(0, 22)}`;
}

/**
 * An e-mail address in the one spelling that is stored and compared: lower case for A to Z alone, since the Kelvin
 * sign and its like must not become letters of somebody else's address.
 */
export const plainEmail = (email: string): string =>
  email.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** Where a sign-in came from, as its request told. */
export interface Device {
  ip: string;
  userAgent?: string | undefined;
}

/** What a sign-in established; access tokens carry only its `sid`. */
export interface AccessSession {
  sid: string;
  person: Person;
  /** Epoch seconds of the sign-in at the identity provider. */
  authenticatedAt: number;
  /** How the person signed in (RFC 8176), as far as the provider told. */
  authenticationMethods?: readonly string[] | undefined;
  /** Epoch seconds. */
  expiresAt: number;
  device?: Device | undefined;
}

/** A session as one application uses it. */
export interface ConnectedSession extends AccessSession {
  /** Only the other kind of holder has one: see `Holder`. */
  service?: never;
  /** The name that the application registered, which the person saw when consenting. */
  clientName?: string | undefined;
  /** The hosts that the application is known by. */
  clientHosts?: readonly string[] | undefined;
}

/** The claims of a person's verified access token (RFC 9068). */
export interface AccessToken {
  /** Only the other kind of token has one: see `HolderToken`. */
  service?: never;
  /** The person's id. */
  subject: string;
  sid: string;
  grantId: string;
  clientId: string;
  audience: string;
  scopes: readonly string[];
  /** Epoch seconds. */
  expiresAt: number;
  /** The thumbprint of the key that its holder must prove to have (RFC 9449); any holder may use it without. */
  jkt?: string;
}
