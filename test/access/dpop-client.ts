import { createHash, randomUUID } from 'node:crypto';
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

export interface ProofChanges {
  /** Claims on top of the right ones; undefined leaves one out. */
  claims?: Record<string, unknown>;
  header?: Record<string, unknown>;
  /** Signs with another key than the header names. */
  with?: CryptoKey;
}

/** A client that holds a key, and makes proofs with it that are right unless told otherwise. */
export interface ProofMaker {
  jkt: string;
  publicJwk: JWK;
  privateKey: CryptoKey;
  proof(method: string, url: string, token?: string, changes?: ProofChanges): Promise<string>;
}

export async function startProving(alg = 'ES256'): Promise<ProofMaker> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return {
    publicJwk,
    privateKey,
    jkt: await calculateJwkThumbprint(publicJwk),
    proof(htm, htu, token, changes = {}) {
      const ath = token && createHash('sha256').update(token).digest('base64url');
      const iat = Math.floor(Date.now() / 1000);
      return new SignJWT({ jti: randomUUID(), htm, htu, iat, ...(ath ? { ath } : {}), ...changes.claims })
        .setProtectedHeader({ typ: 'dpop+jwt', alg, jwk: publicJwk, ...changes.header })
        .sign(changes.with ?? privateKey);
    },
  };
}
