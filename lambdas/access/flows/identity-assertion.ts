import * as z from 'zod';
import { PORTAL_SCOPE } from '../../shared/origin.ts';
import { emailDomainOf } from '../sessions/email-domain.ts';
import { type Person, personId } from '../sessions/person.ts';
import { invalidGrant } from './token-errors.ts';

export const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** An identity provider whose assertions stand in for a sign-in, as the deployment is configured. */
export const assertionIssuer = z.object({
  issuer: z.url(),
  /** Its name in people's ids and in records. */
  idp: z.string(),
  jwksUri: z.url(),
  /** Whose e-mail addresses it may vouch for. */
  emailDomains: z.array(z.string()),
});
export type AssertionIssuer = z.output<typeof assertionIssuer>;

const text = z.string().min(1).max(1_000);

/** An identity assertion (ID-JAG, draft-ietf-oauth-identity-assertion-authz-grant section 3.1) as far as we read it. */
export const assertionClaims = z.object({
  iss: text,
  sub: text,
  /** One receiver alone: what is meant for others too could be used there. */
  aud: z.union([z.string(), z.tuple([z.string()])]),
  client_id: text,
  resource: z.union([z.string(), z.array(z.string())]),
  jti: text,
  /** Epoch seconds. */
  exp: z.number(),
  iat: z.number(),
  scope: z.string().optional(),
  email: text,
  email_verified: z.union([z.boolean(), z.enum(['true', 'false'])]).optional(),
  name: z.string().max(200).optional(),
  groups: z.array(z.string().max(256)).max(1_000).optional(),
});
export type AssertionClaims = z.output<typeof assertionClaims>;

function vouchedEmail({ email, email_verified }: AssertionClaims, issuer: AssertionIssuer): string {
  const domain = emailDomainOf(email);
  if (domain === undefined || email_verified === false || email_verified === 'false')
    throw invalidGrant('The assertion has no verified e-mail address.');
  if (!issuer.emailDomains.some((listed) => listed.toLowerCase() === domain))
    throw invalidGrant(`The issuer of the assertion may not vouch for e-mail addresses of ${domain}.`);
  return email.toLowerCase();
}

/** The scopes of both the request and the assertion; either may leave them out, which narrows nothing. */
function checkScope(requested: ReadonlySet<string>, { scope }: AssertionClaims): void {
  const asserted = new Set(scope?.split(' ').filter(Boolean));
  const lacks = (given: ReadonlySet<string>) => given.size > 0 && !given.has(PORTAL_SCOPE);
  if (lacks(requested) || lacks(asserted))
    throw invalidGrant(`The request and the assertion do not both cover the scope ${PORTAL_SCOPE}.`);
}

/**
 * Judges an assertion whose signature, receiver and times are right: it must be for this client and this resource,
 * cover the scope, and speak of somebody whom its issuer may vouch for.
 * @throws InvalidGrant that names the fault.
 */
export function judgeAssertion(
  claims: AssertionClaims,
  issuer: AssertionIssuer,
  request: { clientId: string; resource: string; scopes: ReadonlySet<string> },
): Pick<Person, 'id' | 'idp' | 'subject' | 'email'> {
  if (claims.client_id !== request.clientId)
    throw invalidGrant('The assertion was issued for another application.');
  if (![claims.resource].flat().includes(request.resource))
    throw invalidGrant('The assertion was issued for another resource.');
  checkScope(request.scopes, claims);
  const { idp } = issuer;
  const subject = claims.sub;
  return { id: personId(idp, subject), idp, subject, email: vouchedEmail(claims, issuer) };
}

/**
 * The person as the assertion describes them. What it leaves out stays as the last sign-in had it: an assertion
 * without groups must not take a person out of the groups that a policy blocks.
 */
export function describePerson(
  vouched: ReturnType<typeof judgeAssertion>,
  { name, groups }: AssertionClaims,
  known: Person | undefined,
): Person {
  return { ...vouched, name: name ?? known?.name, groups: groups ?? known?.groups };
}
