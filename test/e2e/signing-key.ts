import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { compactDecrypt, importJWK, SignJWT } from 'jose';
import { keyRingSchema, secretsOf } from '../../lambdas/access/keys/key-ring.ts';
import type { TestCloud } from '../fixtures/cloud.ts';
import { tableOf } from './administrator.ts';

/** Signs claims with the deployment's own key, as nobody outside the provider can: only the claims may be wrong. */
export async function signWithDeploymentKey(
  cloud: TestCloud,
  claims: Record<string, unknown>,
): Promise<string> {
  const item = await tableOf(cloud, 'Vault').get({ pk: 'signing-key', sk: 'current' });
  const { Plaintext } = await new KMSClient({}).send(
    new DecryptCommand({
      CiphertextBlob: Buffer.from(String(item?.wrappedKey), 'base64'),
      EncryptionContext: { purpose: 'signing-key' },
    }),
  );
  const { plaintext } = await compactDecrypt(String(item?.sealed), Plaintext ?? new Uint8Array());
  const ring = keyRingSchema.parse(JSON.parse(Buffer.from(plaintext).toString()));
  const [signingKey] = secretsOf(ring, 1).signingKeys;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: signingKey.kid })
    .sign(await importJWK(signingKey, 'RS256'));
}
