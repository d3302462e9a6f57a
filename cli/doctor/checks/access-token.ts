import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import { resourcesOf } from '../../../lambdas/shared/origin.ts';
import { type Check, fail, pass } from '../check.ts';
import { portalSignIn } from './portal-sign-in.ts';
import { signingKeys } from './signing-keys.ts';

/** Clocks that differ are what `clock` is about. */
const TOLERANCE_SECONDS = 120;

/** The token is for the portal, and signed with a key that everybody finds. */
export const accessToken: Check = {
  name: 'access-token',
  after: [portalSignIn, signingKeys],
  async examine({ url, learned }) {
    const keys = createLocalJWKSet({ keys: (learned.keys ?? []).map((key) => ({ ...key, kty: 'RSA' })) });
    try {
      const { protectedHeader } = await jwtVerify(learned.portal?.accessToken ?? '', keys, {
        issuer: url,
        audience: resourcesOf(url).portal,
        algorithms: ['RS256'],
        clockTolerance: TOLERANCE_SECONDS,
      });
      return pass(`for ${resourcesOf(url).portal}, signed with ${protectedHeader.kid?.slice(0, 8)}`);
    } catch (error) {
      if (!(error instanceof errors.JOSEError)) throw error;
      return fail(
        `the token that was issued does not verify: ${error.message}`,
        'Resources and clients that verify it refuse it.',
        'Is an old answer of /oauth/jwks kept by something in front? Read the log of access-oauth, and run the command again.',
      );
    }
  },
};
