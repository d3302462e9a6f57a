import type { HolderToken } from '../sessions/holder.ts';
import type { TokenVerifier } from './verify-token.ts';

/**
 * Verifies a token of any of our resources: access tokens always have one as their audience.
 * @throws SallyportError `invalid_token` 401, as the first verifier gives it.
 */
export async function verifyAny<Token extends HolderToken>(
  verifiers: readonly Pick<TokenVerifier<Token>, 'verify'>[],
  token: string,
): Promise<Token> {
  const results = await Promise.allSettled(verifiers.map((verifier) => verifier.verify(token)));
  const accepted = results.find((result) => result.status === 'fulfilled');
  if (accepted) return accepted.value;
  const failed = results.find((result) => result.status === 'rejected');
  throw failed?.reason;
}
