import * as z from 'zod';
import { emailDomainOf } from '../sessions/email-domain.ts';
import { SignInRefused } from './sign-in-refused.ts';

/** An identity provider behind the user pool, as the deployment is configured. */
export const trustedProvider = z.object({
  /** Its name at the pool, in people's ids and in records. */
  name: z.string(),
  /** Whose e-mail addresses it may vouch for: these domains, in lower case, and none below them. */
  emailDomains: z.array(z.string()),
  /** It says of each address whether it was verified. */
  saysVerified: z.boolean(),
  /** The custom attributes of the pool that it is mapped to, without `custom:`. */
  attributes: z.array(z.string()).default([]),
});
export type TrustedProvider = z.output<typeof trustedProvider>;

/** What an ID token says of an e-mail address. */
export interface ClaimedEmail {
  email?: string | undefined;
  email_verified?: boolean | string | undefined;
}

export const isVerified = ({ email_verified }: ClaimedEmail): boolean =>
  email_verified === true || email_verified === 'true';

/**
 * The address, if this provider may vouch for it. The pool writes `email_verified: false` for everybody of a provider
 * that says nothing of it, so that the claim counts only where the provider is known to say it.
 * @throws SignInRefused for an address that is unverified, no plain ASCII address, or of another domain.
 */
export function vouchedEmail(claimed: ClaimedEmail, provider: TrustedProvider): string {
  const { email = '' } = claimed;
  const { name: idp, emailDomains, saysVerified } = provider;
  const domain = emailDomainOf(email);
  if (domain === undefined)
    throw new SignInRefused(
      'Your identity provider gives no e-mail address for you that is accepted here. Ask its administrators to add one.',
      {
        idp,
        recorded: email === '' ? 'It sent no e-mail address.' : 'The address is no plain ASCII address.',
      },
    );
  if (!emailDomains.includes(domain))
    throw new SignInRefused(
      `"${idp}" may not vouch for e-mail addresses of your domain. Sign in with another account, or ask the owners of this deployment.`,
      { idp, recorded: `${domain} is not among the emailDomains of this provider.` },
    );
  if (saysVerified && !isVerified(claimed))
    throw new SignInRefused(
      'Your identity provider has not verified your e-mail address. Verify it there, then sign in again.',
      { idp },
    );
  return email;
}
