import { randomBytes } from 'node:crypto';
import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from 'jose';
import * as z from 'zod';
import type { Table } from '../shared/table.ts';
import { JWKS_KEY } from './public-keys.ts';

const VAULT_KEY = { pk: 'signing-key', sk: 'current' } as const;
/** The key's policy allows its use with exactly this context. */
const ENCRYPTION_CONTEXT = { purpose: 'signing-key' };

const text = z.string().min(1);
const privateJwk = z.object({
  kty: z.literal('RSA'),
  kid: text,
  alg: z.literal('RS256'),
  use: z.literal('sig'),
  n: text,
  e: text,
  d: text,
  p: text,
  q: text,
  dp: text,
  dq: text,
  qi: text,
});
const secretsSchema = z.object({ signingKey: privateJwk, cookieKeys: z.array(text).min(1), formKey: text });

/** What the provider signs with. It never leaves the provider's function. */
export type ProviderSecrets = z.output<typeof secretsSchema>;

export interface SecretsOptions {
  vault: Table;
  identity: Table;
  kms: KMSClient;
  vaultKeyArn: string;
}

async function generate(): Promise<ProviderSecrets> {
  const { privateKey } = await generateKeyPair('RS256', { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  return secretsSchema.parse({
    signingKey: { ...jwk, kid, alg: 'RS256', use: 'sig' },
    cookieKeys: [randomBytes(32).toString('base64url')],
    formKey: randomBytes(32).toString('base64url'),
  });
}

async function seal(secrets: ProviderSecrets, { kms, vaultKeyArn }: SecretsOptions): Promise<Uint8Array> {
  const { CiphertextBlob } = await kms.send(
    new EncryptCommand({
      KeyId: vaultKeyArn,
      EncryptionContext: ENCRYPTION_CONTEXT,
      Plaintext: Buffer.from(JSON.stringify(secrets)),
    }),
  );
  if (!CiphertextBlob) throw new Error('KMS returned no ciphertext for the signing key.');
  return CiphertextBlob;
}

async function unseal(sealed: string, { kms, vaultKeyArn }: SecretsOptions): Promise<ProviderSecrets> {
  const { Plaintext } = await kms.send(
    new DecryptCommand({
      KeyId: vaultKeyArn,
      EncryptionContext: ENCRYPTION_CONTEXT,
      CiphertextBlob: Buffer.from(sealed, 'base64'),
    }),
  );
  if (!Plaintext) throw new Error('KMS returned no plaintext for the signing key.');
  return secretsSchema.parse(JSON.parse(Buffer.from(Plaintext).toString('utf8')));
}

async function stored(options: SecretsOptions): Promise<ProviderSecrets | undefined> {
  const item = await options.vault.get(VAULT_KEY);
  return item ? unseal(z.string().parse(item.sealed), options) : undefined;
}

/** Publishes the public half, also when an earlier instance stopped between the two writes. */
async function publish({ signingKey }: ProviderSecrets, identity: Table): Promise<void> {
  const { kty, kid, alg, use, n, e } = signingKey;
  const published = z
    .object({ keys: z.array(z.object({ kid: z.string() })) })
    .safeParse(await identity.get(JWKS_KEY));
  if (published.data?.keys.some((key) => key.kid === kid)) return;
  await identity.put({ ...JWKS_KEY, keys: [{ kty, kid, alg, use, n, e }] });
}

/**
 * The deployment's signing and cookie keys. The first instance creates them; a conditional write lets exactly
 * one win, and everybody uses the winner's.
 */
export async function loadSecrets(options: SecretsOptions): Promise<ProviderSecrets> {
  let secrets = await stored(options);
  if (!secrets) {
    const candidate = await generate();
    const sealed = Buffer.from(await seal(candidate, options)).toString('base64');
    const won = await options.vault.putNew({ ...VAULT_KEY, sealed, createdAt: new Date().toISOString() });
    secrets = won ? candidate : await stored(options);
    if (!secrets) throw new Error('The signing key vanished while it was being created.');
  }
  await publish(secrets, options.identity);
  return secrets;
}
