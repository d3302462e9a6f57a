import * as z from 'zod';
import { SallyportError } from '../../shared/errors.ts';
import { type Person, personId, plainEmail } from '../sessions/person.ts';

const identity = z.object({ providerName: z.string().min(1), userId: z.string().min(1) });
/** Cognito sends the list as JSON text in some tokens and as a list in others. */
const identities = z.preprocess((value) => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}, z.array(identity));

const claimsSchema = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.string()]).optional(),
  name: z.string().optional(),
  'cognito:groups': z.array(z.string()).optional(),
  identities: identities.optional(),
});

const refused = (message: string) => new SallyportError('sign_in_refused', 403, message);

/**
 * The person that a validated ID token speaks of. A federated person is known by the subject at the federated
 * provider, so that the person survives a new user pool.
 * @throws SallyportError `sign_in_refused` 403 without a verified e-mail address.
 */
export function personFromClaims(claims: unknown, idpName: string): Person {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) throw refused('The identity provider described you in a way that is not understood.');
  const { sub, email, email_verified, name, identities: linked, ...rest } = parsed.data;
  if (!email?.includes('@'))
    throw refused(
      'Your identity provider gives no e-mail address for you. Ask its administrators to add one.',
    );
  // Without the address: the application hears this, and nobody has let it know who they are.
  if (email_verified !== true && email_verified !== 'true')
    throw refused(
      'Your identity provider has not verified your e-mail address. Verify it there, then sign in again.',
    );
  const idp = linked?.[0]?.providerName ?? idpName;
  const subject = linked?.[0]?.userId ?? sub;
  return {
    id: personId(idp, subject),
    idp,
    subject,
    email: plainEmail(email),
    name,
    groups: rest['cognito:groups'] ?? [],
  };
}
