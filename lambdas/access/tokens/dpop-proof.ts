import { hash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import { SallyportError } from '../../shared/errors.ts';

/** Signatures that proofs may have: asymmetric ones only (RFC 9449 section 4.3). */
export const DPOP_ALGORITHMS = ['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'] as const;
/** Seconds that a proof's time may differ from ours. */
export const PROOF_WINDOW = 5 * 60;

/** What a request is, as far as its proof must speak of it. */
export interface ProvenRequest {
  method: string;
  /** The configured origin with the request's path. */
  url: string;
  token: string;
  body: string;
}

/** A proof that fits its request; whoever accepts it keeps it from being used again. */
export interface Proof {
  /** The thumbprint of the key that signed it (RFC 7638). */
  jkt: string;
  jti: string;
  /** Epoch seconds. */
  iat: number;
}

const claims = z.object({
  jti: z.string().min(1),
  iat: z.number(),
  htm: z.string(),
  htu: z.string(),
  ath: z.string(),
  content_digest: z.string().optional(),
});

export const proofRefusal = (message: string, cause?: unknown): SallyportError =>
  new SallyportError('invalid_dpop_proof', 401, message, { at: 'header DPoP', cause });

/** The address without query and fragment, in its canonical spelling; undefined when it is none. */
function target(address: string): string | undefined {
  const url = URL.parse(address);
  if (!url) return undefined;
  url.search = '';
  url.hash = '';
  return url.href;
}

function judge(payload: JWTPayload, request: ProvenRequest, now: number): z.output<typeof claims> {
  const read = claims.safeParse(payload);
  if (!read.success) throw proofRefusal('The proof needs jti, iat, htm, htu and ath.', read.error);
  const { htm, htu, iat, ath, content_digest: digest } = read.data;
  if (htm !== request.method) throw proofRefusal('The proof is for another method: htm.');
  if (target(htu) !== target(request.url))
    throw proofRefusal(`The proof is for another address: htu must be ${request.url}.`);
  if (Math.abs(now - iat) > PROOF_WINDOW)
    throw proofRefusal(
      'The proof is too old or from the future: make one for each request, check the clock.',
    );
  if (ath !== hash('sha256', request.token, 'base64url'))
    throw proofRefusal('The proof is for another access token: ath.');
  if (digest !== undefined && digest !== `sha-256=:${hash('sha256', request.body, 'base64')}:`)
    throw proofRefusal('The proof is for another body: content_digest.');
  return read.data;
}

/**
 * Reads a DPoP proof (RFC 9449 section 4.3) and holds it against its request; `now` in epoch seconds.
 * @throws SallyportError `invalid_dpop_proof` 401.
 */
export async function readProof(proof: string, request: ProvenRequest, now: number): Promise<Proof> {
  const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
    algorithms: [...DPOP_ALGORITHMS],
    typ: 'dpop+jwt',
  }).catch((error: unknown) => {
    throw proofRefusal('The proof is not a JWT dpop+jwt, signed with the public key in its header.', error);
  });
  const { jti, iat } = judge(payload, request, now);
  if (!protectedHeader.jwk) throw proofRefusal('The proof carries no key.');
  return { jkt: await calculateJwkThumbprint(protectedHeader.jwk), jti, iat };
}
