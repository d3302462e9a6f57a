import { KMSClient } from '@aws-sdk/client-kms';
import { importJWK, SignJWT } from 'jose';
import { secretsOf } from '../../lambdas/access/keys/key-ring.ts';
import { KeyRingStore } from '../../lambdas/access/keys/key-ring-store.ts';
import type { TestCloud } from '../fixtures/cloud.ts';
import { deploymentOf, tableOf } from './administrator.ts';

/** The provider's key ring, which on AWS only its two functions may open. */
export function keyRingOf(cloud: TestCloud): KeyRingStore {
  const oauth = deploymentOf(cloud).functions.find(({ name }) => name.includes('AccessOauth'));
  return new KeyRingStore({
    vault: tableOf(cloud, 'Vault'),
    identity: tableOf(cloud, 'Identity'),
    kms: new KMSClient({}),
    vaultKeyArn: oauth?.environment.VAULT_KEY_ARN ?? '',
  });
}

/** Signs claims with the deployment's own key, as nobody outside the provider can: only the claims may be wrong. */
export async function signWithDeploymentKey(
  cloud: TestCloud,
  claims: Record<string, unknown>,
): Promise<string> {
  const stored = await keyRingOf(cloud).read();
  if (!stored) throw new Error('The deployment has no key ring yet.');
  const [signingKey] = secretsOf(stored.ring, stored.version).signingKeys;
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: signingKey.kid })
    .sign(await importJWK(signingKey, 'RS256'));
}
