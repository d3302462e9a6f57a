import { createPublicKey, type JsonWebKey } from 'node:crypto';
import * as z from 'zod';

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/, 'must be base64url');
/** 2,048 bits. */
const SHORTEST_MODULUS = 256;

const secret = z
  .never({
    error: 'is the secret part of the key: give the public part alone, of a new key since this one was shown',
  })
  .optional();

const common = {
  kid: z.string().min(1).max(200).optional(),
  use: z.literal('sig').optional(),
  key_ops: z.array(z.literal('verify')).optional(),
};

/** Whether the members are a key at all: a point on its curve, a modulus. */
function isKey(jwk: JsonWebKey): boolean {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' }).type === 'public';
  } catch {
    return false;
  }
}

const rsa = z.strictObject({
  kty: z.literal('RSA'),
  n: base64url.refine(
    (n) => Buffer.from(n, 'base64url').length >= SHORTEST_MODULUS,
    'is too short: an RSA key needs at least 2048 bits',
  ),
  e: base64url,
  alg: z.literal('RS256').optional(),
  ...common,
  d: secret,
  p: secret,
  q: secret,
  dp: secret,
  dq: secret,
  qi: secret,
  oth: secret,
});

const ec = z.strictObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: base64url,
  y: base64url,
  alg: z.literal('ES256').optional(),
  ...common,
  d: secret,
});

const okp = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: base64url,
  alg: z.enum(['EdDSA', 'Ed25519']).optional(),
  ...common,
  d: secret,
});

/** A public key (RFC 7517) for signatures by RS256, ES256 or EdDSA; anything secret in it is refused. */
export const publicKey = z
  .discriminatedUnion('kty', [rsa, ec, okp], {
    error: 'must be RSA, EC (P-256) or OKP (Ed25519): a key that both sides share is no public key',
  })
  .refine((jwk) => isKey(jwk as JsonWebKey), 'is not a public key: its members do not fit together');
