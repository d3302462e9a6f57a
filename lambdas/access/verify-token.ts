import { JwtBaseError, JwtExpiredError } from 'aws-jwt-verify/error';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import * as z from 'zod';
import { SallyportError } from '../shared/errors.ts';
import type { Table } from '../shared/table.ts';
import type { AccessToken } from './person.ts';
import { PublicKeys } from './public-keys.ts';
import { VerifiedTokens } from './verified-tokens.ts';

export interface TokenVerifier {
  /** @throws SallyportError `invalid_token` 401 for a token that is not ours, not for us, or past its time. */
  verify(token: string): Promise<AccessToken>;
}

export interface TokenVerifierOptions {
  /** The issuer, byte for byte. */
  origin: string;
  /** The resource that the token must have been issued for (RFC 8707). */
  audience: string;
  identity: Table;
  /** Seconds past its expiry that a token still passes: the time an authorizer's answer may be cached. */
  toleranceSeconds?: number;
}

const claimsSchema = z.object({
  sub: z.string(),
  sid: z.string(),
  gid: z.string(),
  client_id: z.string(),
  aud: z.string(),
  exp: z.number(),
  scope: z.string().optional(),
});

const refusal = (message: string, cause?: unknown) =>
  new SallyportError('invalid_token', 401, message, { at: 'header Authorization', cause });

/** A verifier of the provider's JWT access tokens (RFC 9068): no I/O once the signing key is known. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
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
    { jwksCache: new PublicKeys(options.identity) },
  );
  const verified = new VerifiedTokens(options.toleranceSeconds ?? 0);
  return {
    async verify(token) {
      const known = verified.find(token);
      if (known) return known;
      const payload = await verifier.verify(token).catch((error: unknown) => {
        if (error instanceof JwtExpiredError) throw refusal('The access token has expired.', error);
        if (error instanceof JwtBaseError) throw refusal('The access token is not valid here.', error);
        throw error;
      });
      const claims = claimsSchema.safeParse(payload);
      if (!claims.success) throw refusal('The access token lacks claims of this provider.', claims.error);
      const { sub, sid, gid, client_id, aud, exp, scope } = claims.data;
      const read = {
        subject: sub,
        sid,
        grantId: gid,
        clientId: client_id,
        audience: aud,
        scopes: scope?.split(' ').filter(Boolean) ?? [],
        expiresAt: exp,
      };
      verified.add(token, read);
      return read;
    },
  };
}
