import { DecryptCommand, KMSClient } from '@aws-sdk/client-kms';
import { importJWK, SignJWT } from 'jose';
import * as z from 'zod';
import { Table } from '../../lambdas/shared/table.ts';
import { readDeployment } from '../../local/template/deployment.ts';
import type { TestCloud } from '../fixtures/cloud.ts';

const secrets = z.object({ signingKey: z.looseObject({ kid: z.string() }) });

/** Signs claims with the deployment's own key, as nobody outside the provider can: only the claims may be wrong. */
export async function signWithDeploymentKey(
  cloud: TestCloud,
  claims: Record<string, unknown>,
): Promise<string> {
  process.env.AWS_REGION = 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID = 'administrator';
  process.env.AWS_SECRET_ACCESS_KEY = 'unused';
  process.env.AWS_ENDPOINT_URL_DYNAMODB = `http://127.0.0.1:${cloud.port + 3}`;
  process.env.AWS_ENDPOINT_URL_KMS = `http://127.0.0.1:${cloud.port + 1}`;
  const assembly = `${cloud.dataFolder}/cloud-assembly`;
  const { tables } = readDeployment(assembly, `http://127.0.0.1:${cloud.port + 2}`);
  const vault = tables.find(({ name }) => name.includes('Vault'))?.name ?? '';
  const item = await new Table(vault).get({ pk: 'signing-key', sk: 'current' });
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
