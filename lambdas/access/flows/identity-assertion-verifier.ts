import { createRemoteJWKSet, customFetch, decodeJwt, type JWTPayload, errors as jose, jwtVerify } from 'jose';
import { errors } from 'oidc-provider';
import { logger } from '../../shared/logger.ts';
import type { GuardedFetch } from '../guarded-fetch.ts';
import { type AssertionClaims, type AssertionIssuer, assertionClaims } from './identity-assertion.ts';
import { invalidGrant } from './token-errors.ts';

const TYPE = 'oauth-id-jag+jwt';
const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'];
/** Seconds that clocks may differ by. */
export const CLOCK_TOLERANCE = 10;
/** Seconds after which an assertion is not accepted, however long it says that it lives. */
export const LONGEST_LIFE = 60 * 60;
const KEYS_KEPT_MS = 5 * 60_000;
const KEYS_TIMEOUT_MS = 2_500;

type Keys = ReturnType<typeof createRemoteJWKSet>;

/** What makes an assertion wrong, apart from claims; anything else means that the keys could not be had. */
const WRONG = [
  jose.JOSEAlgNotAllowed,
  jose.JOSENotSupported,
  jose.JWKSMultipleMatchingKeys,
  jose.JWKSNoMatchingKey,
  jose.JWSInvalid,
  jose.JWSSignatureVerificationFailed,
  jose.JWTInvalid,
];

/** The fault in words of ours: an error of the library holds the assertion's claims, which must not go anywhere. */
function refusal(error: unknown, { idp }: AssertionIssuer): Error {
  if (error instanceof jose.JWTExpired) return invalidGrant('The assertion has expired.');
  if (error instanceof jose.JWTClaimValidationFailed)
    return invalidGrant(`The assertion's "${error.claim}" is not what it must be here.`);
  if (WRONG.some((kind) => error instanceof kind))
    return invalidGrant('The assertion is not signed by a key of its issuer.');
  logger.error('the keys of an identity provider could not be read', {
    idp,
    reason: error instanceof Error ? error.message : String(error),
  });
  const unavailable = new errors.TemporarilyUnavailable(
    'the keys of the issuer cannot be read now: try again',
  );
  return Object.assign(unavailable, { status: 503, statusCode: 503 });
}

export interface VerifiedAssertion {
  issuer: AssertionIssuer;
  claims: AssertionClaims;
}

/**
 * Verifies assertions of the configured issuers, with the keys that each publishes at its configured address: an
 * assertion names its issuer, and nothing else in it says where keys come from.
 */
export class IdentityAssertionVerifier {
  readonly #origin: string;
  readonly #issuers: ReadonlyMap<string, { issuer: AssertionIssuer; keys: Keys }>;

  constructor(origin: string, issuers: readonly AssertionIssuer[], fetch: GuardedFetch) {
    this.#origin = origin;
    this.#issuers = new Map(
      issuers.map((issuer) => [
        issuer.issuer,
        {
          issuer,
          keys: createRemoteJWKSet(new URL(issuer.jwksUri), {
            [customFetch]: (url, init) => fetch(url, { headers: init.headers, signal: init.signal }),
            cacheMaxAge: KEYS_KEPT_MS,
            timeoutDuration: KEYS_TIMEOUT_MS,
          }),
        },
      ]),
    );
  }

  /** @throws InvalidGrant for an assertion that is not good here; TemporarilyUnavailable without its issuer's keys. */
  async verify(assertion: string): Promise<VerifiedAssertion> {
    const named = this.#issuers.get(issuerIn(assertion) ?? '');
    if (!named) throw invalidGrant('The issuer of the assertion is not accepted here.');
    const { issuer, keys } = named;
    const { payload } = await jwtVerify(assertion, keys, {
      typ: TYPE,
      algorithms: ALGORITHMS,
      issuer: issuer.issuer,
      audience: this.#origin,
      clockTolerance: CLOCK_TOLERANCE,
      maxTokenAge: LONGEST_LIFE,
      requiredClaims: ['sub', 'client_id', 'resource', 'jti', 'exp', 'iat', 'email'],
    }).catch((error: unknown) => {
      throw refusal(error, issuer);
    });
    return { issuer, claims: readClaims(payload) };
  }
}

function issuerIn(assertion: string): string | undefined {
  try {
    return decodeJwt(assertion).iss;
  } catch {
    throw invalidGrant('The assertion is not a signed JWT.');
  }
}

function readClaims(payload: JWTPayload): AssertionClaims {
  const read = assertionClaims.safeParse(payload);
  if (read.success) return read.data;
  const claim = String(read.error.issues[0]?.path[0] ?? 'claims');
  throw invalidGrant(`The assertion's "${claim}" is not what it must be here.`);
}
