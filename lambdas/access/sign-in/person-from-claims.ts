import * as z from 'zod';
import { type Person, personId, plainEmail } from '../sessions/person.ts';
import { type ProviderAttributes, providerAttributes } from './provider-attributes.ts';
import { SignInRefused } from './sign-in-refused.ts';
import { type ClaimedEmail, isVerified, type TrustedProvider, vouchedEmail } from './trusted-provider.ts';

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

const claimsSchema = z.looseObject({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.string()]).optional(),
  name: z.string().optional(),
  'cognito:groups': z.array(z.string()).optional(),
  identities: identities.default([]),
});

/** Where people may come from. */
export interface SignInSources {
  /** The name of the user pool itself. */
  pool: string;
  /** The identity providers behind it; without any, people sign in at the pool. */
  providers: readonly TrustedProvider[];
}

type Identified = Pick<Person, 'idp' | 'subject' | 'email'> & { attributes: ProviderAttributes };

/** Somebody who signed in, and how (RFC 8176), as far as the provider told. */
export interface SignedIn {
  person: Person;
  authenticationMethods?: readonly string[] | undefined;
}

/**
 * The person that a validated ID token speaks of. A federated person is known by the subject at the federated
 * provider, so that the person survives a new user pool.
 * @throws SignInRefused for whoever may not be believed.
 */
export function personFromClaims(claims: unknown, sources: SignInSources): SignedIn {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success)
    throw new SignInRefused('The identity provider described you in a way that is not understood.');
  const { sub, name, identities: linked, ...rest } = parsed.data;
  const [federated, ...others] = linked;
  // The token lists every linked provider and does not tell which of them was used just now.
  if (others.length > 0)
    throw new SignInRefused(
      'Your account is linked to several identity providers, which is not accepted here. Ask the owners of this deployment.',
      { recorded: `Linked: ${linked.map(({ providerName }) => providerName).join(', ')}.` },
    );
  const found = federated ? atProvider(federated, rest, sources.providers) : atPool(sub, rest, sources);
  const { idp, subject, email, attributes } = found;
  const { groups, claims: said, authenticationMethods } = attributes;
  const id = personId(idp, subject);
  const person = { id, idp, subject, email: plainEmail(email), name, groups, claims: said };
  return { person, authenticationMethods };
}

function atProvider(
  { providerName, userId }: z.output<typeof identity>,
  claimed: ClaimedEmail & Readonly<Record<string, unknown>>,
  providers: readonly TrustedProvider[],
): Identified {
  const provider = providers.find(({ name }) => name === providerName);
  if (!provider)
    throw new SignInRefused('The identity provider that you signed in with is not accepted here.', {
      idp: providerName,
      recorded: 'It is not among the identityProviders of this deployment.',
    });
  return {
    idp: provider.name,
    subject: userId,
    email: vouchedEmail(claimed, provider),
    // The pool's own group of everybody whom the provider sent is none of the provider's groups.
    attributes: providerAttributes(claimed, provider.attributes),
  };
}

type PoolClaims = ClaimedEmail & { 'cognito:groups'?: string[] | undefined };

/**
 * Somebody with an account at the pool itself. With identity providers there is none to sign in with: whoever may add
 * users to the pool could otherwise give one the address of an owner.
 */
function atPool(sub: string, claimed: PoolClaims, { pool: idp, providers }: SignInSources): Identified {
  if (providers.length > 0)
    throw new SignInRefused(
      `Sign in with ${providers.map(({ name }) => name).join(' or ')}: accounts of the user pool itself are not accepted here.`,
      { idp },
    );
  const { email } = claimed;
  if (!email?.includes('@'))
    throw new SignInRefused(
      'Your identity provider gives no e-mail address for you. Ask its administrators to add one.',
      { idp },
    );
  if (!isVerified(claimed))
    throw new SignInRefused(
      'Your identity provider has not verified your e-mail address. Verify it there, then sign in again.',
      { idp },
    );
  return { idp, subject: sub, email, attributes: { groups: claimed['cognito:groups'] ?? [], claims: {} } };
}
