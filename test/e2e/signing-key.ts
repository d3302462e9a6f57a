import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { importJWK, SignJWT } from 'jose';
import * as z from 'zod';
import type { TestCloud } from '../fixtures/cloud.ts';
import { tableOf } from './administrator.ts';

const secrets = z.object({ signingKey: z.looseObject({ kid: z.string() }) });

/** Signs claims with the deployment's own key, as nobody outside the provider can: only the claims may be wrong. */
export async function signWithDeploymentKey(
  cloud: TestCloud,
  claims: Record<string, unknown>,
): Promise<string> {
  const item = await tableOf(cloud, 'Vault').get({ pk: 'signing-key', sk: 'current' });
  const { Plaintext } = await new KMSClient({}).send(
    new DecryptCommand({
      CiphertextBlob: Buffer.from(String(item?.sealed), 'base64'),
      EncryptionContext: { purpose: 'signing-key' },
    }),
  );
  const { signingKey } = secrets.parse(JSON.parse(Buffer.from(Plaintext ?? []).toString()));
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: signingKey.kid })
    .sign(await importJWK(signingKey, 'RS256'));
}
