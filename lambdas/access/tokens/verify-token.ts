import { JwtBaseError, JwtExpiredError } from 'aws-jwt-verify/error';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import { decodeProtectedHeader } from 'jose';
import { SallyportError } from '../../shared/errors.ts';
import type { HttpRequest } from '../../shared/http.ts';
import type { Table } from '../../shared/table.ts';
import { PublicKeys } from '../keys/public-keys.ts';
import type { HolderToken } from '../sessions/holder.ts';
import type { AccessToken } from '../sessions/person.ts';
import { presentedToken } from './presented-token.ts';
import { createProofJudge, type ProofJudge } from './proof-judge.ts';
import { readTokenClaims } from './token-claims.ts';
import { VerifiedTokens } from './verified-tokens.ts';

export interface TokenVerifier<Token extends HolderToken = AccessToken> {
  /** @throws SallyportError `invalid_token` 401 for a token that is not ours, not for us, or past its time. */
  verify(token: string): Promise<Token>;
  /**
   * The token of a request whose sender may use it: a bound one needs a proof for this very request.
   * @throws SallyportError as `presentedToken`, `verify` and `ProofJudge` do.
   */
  verifyRequest(request: HttpRequest): Promise<Token>;
}

export interface TokenVerifierOptions {
  /** The issuer, byte for byte. */
  origin: string;
  /** The resource that the token must have been issued for (RFC 8707), or all its names. */
  audience: string | [string, ...string[]];
  identity: Table;
  /** Seconds past its expiry that a token still passes: the time an authorizer's answer may be cached. */
  toleranceSeconds?: number;
  /** The wall clock in milliseconds. */
  clock?: () => number;
}

const refusal = (message: string, cause?: unknown) =>
  new SallyportError('invalid_token', 401, message, { at: 'header Authorization', cause });

function withRequests<Token extends HolderToken>(
  proofs: ProofJudge,
  { verify }: Pick<TokenVerifier<Token>, 'verify'>,
): TokenVerifier<Token> {
  return {
    verify,
    async verifyRequest(request) {
      const presented = presentedToken(request);
      const token = await verify(presented.token);
      await proofs.judge(request, presented, token);
      return token;
    },
  };
}

/** A verifier of the provider's JWT access tokens (RFC 9068): no I/O while the signing key is known. */
export function createHolderVerifier(options: TokenVerifierOptions): TokenVerifier<HolderToken> {
  const publicKeys = new PublicKeys(options.identity, options.clock);
  const verifier = JwtVerifier.create(
    {
      issuer: options.origin,
      audience: options.audience,
      jwksUri: `${options.origin}/oauth/jwks`,
      graceSeconds: options.toleranceSeconds ?? 0,
      customJwtCheck: ({ header }) => {
        if (header.typ !== 'at+jwt') throw refusal('The token is not an access token.');
      },
    },
    { jwksCache: publicKeys },
  );
  const verified = new VerifiedTokens(options.toleranceSeconds ?? 0);
  return withRequests(createProofJudge(options.origin, options.identity), {
    async verify(token) {
      const known = verified.find(token);
      if (known && (await publicKeys.isPublished(known.kid))) return known.token;
      const payload = await verifier.verify(token).catch((error: unknown) => {
        if (error instanceof JwtExpiredError) throw refusal('The access token has expired.', error);
        if (error instanceof JwtBaseError) throw refusal('The access token is not valid here.', error);
        throw error;
      });
      const read = readTokenClaims(payload);
      if (!read) throw refusal('The access token lacks claims of this provider.');
      verified.add(token, { token: read, kid: String(decodeProtectedHeader(token).kid) });
      return read;
    },
  });
}

/** The same for people's tokens alone: a service token is refused wherever only a person has business. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const holders = createHolderVerifier(options);
  return withRequests(createProofJudge(options.origin, options.identity), {
    async verify(token) {
      const read = await holders.verify(token);
      if (read.service === undefined) return read;
      throw refusal('A service token is for the MCP endpoint alone: a person must sign in here.');
    },
  });
}
