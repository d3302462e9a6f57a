import { randomBytes } from 'node:crypto';
import { DecryptCommand, EncryptCommand, type KMSClient } from '@aws-sdk/client-kms';
import { CompactEncrypt, compactDecrypt } from 'jose';
import * as z from 'zod';
import type { Table } from '../../shared/table.ts';
import { nowSeconds } from '../lifetimes.ts';
import { type KeyRing, keyRingSchema, publicKeysOf, publicStateOf } from './key-ring.ts';
import { JWKS_KEY } from './public-keys.ts';

const VAULT_KEY = { pk: 'signing-key', sk: 'current' } as const;
/** The key's policy allows its use with exactly this context. */
const ENCRYPTION_CONTEXT = { purpose: 'signing-key' };

export interface KeyRingOptions {
  vault: Table;
  identity: Table;
  kms: KMSClient;
  vaultKeyArn: string;
}

/** A ring with a number that grows with every write. */
export interface VersionedRing {
  version: number;
  ring: KeyRing;
}

const storedRing = z.object({ version: z.number().int(), wrappedKey: z.string(), sealed: z.string() });

/**
 * The time, unless writes come faster: a ring that is made anew after the vault was lost is still newer than what was
 * published of the old one, and verifiers get its keys.
 */
const versionAfter = (version: number): number => Math.max(version + 1, nowSeconds());

/**
 * The key ring, sealed in the vault, and its public halves in the identity table. KMS takes 4 KB at most, so it
 * seals a key of the item's own, and that key the ring.
 */
export class KeyRingStore {
  readonly #options: KeyRingOptions;

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  async read(): Promise<VersionedRing | undefined> {
    const item = await this.#options.vault.get(VAULT_KEY);
    if (!item) return undefined;
    const { version, wrappedKey, sealed } = storedRing.parse(item);
    const { plaintext } = await compactDecrypt(sealed, await this.#unwrap(wrappedKey));
    return { version, ring: keyRingSchema.parse(JSON.parse(Buffer.from(plaintext).toString('utf8'))) };
  }

  /** The version alone, which asks nothing of KMS. */
  async version(): Promise<number | undefined> {
    const item = await this.#options.vault.get(VAULT_KEY);
    return item && storedRing.parse(item).version;
  }

  /** Stores the first ring; false when there is one already. */
  async create(ring: KeyRing): Promise<boolean> {
    return this.#options.vault.putNew(await this.#seal({ version: versionAfter(0), ring }));
  }

  /** Stores the successor of this version; false when somebody else was first. */
  async replace(version: number, ring: KeyRing): Promise<boolean> {
    return this.#options.vault.put(await this.#seal({ version: versionAfter(version), ring }), {
      expression: '#version = :version',
      names: { '#version': 'version' },
      values: { ':version': version },
    });
  }

  /** Publishes the public halves; those of a newer version stay. */
  async publish({ version, ring }: VersionedRing): Promise<void> {
    await this.#options.identity.put(
      { ...JWKS_KEY, version, keys: publicKeysOf(ring), ring: publicStateOf(ring) },
      {
        expression: 'attribute_not_exists(pk) OR #version < :version',
        names: { '#version': 'version' },
        values: { ':version': version },
      },
    );
  }

  async #seal({ version, ring }: VersionedRing) {
    const key = randomBytes(32);
    const { kms, vaultKeyArn } = this.#options;
    const { CiphertextBlob } = await kms.send(
      new EncryptCommand({ KeyId: vaultKeyArn, EncryptionContext: ENCRYPTION_CONTEXT, Plaintext: key }),
    );
    if (!CiphertextBlob) throw new Error('KMS returned no ciphertext for the key ring.');
    const sealed = await new CompactEncrypt(Buffer.from(JSON.stringify(ring)))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(key);
    return { ...VAULT_KEY, version, sealed, wrappedKey: Buffer.from(CiphertextBlob).toString('base64') };
  }

  async #unwrap(wrappedKey: string): Promise<Uint8Array> {
    const { kms, vaultKeyArn } = this.#options;
    const { Plaintext } = await kms.send(
      new DecryptCommand({
        KeyId: vaultKeyArn,
        EncryptionContext: ENCRYPTION_CONTEXT,
        CiphertextBlob: Buffer.from(wrappedKey, 'base64'),
      }),
    );
    if (!Plaintext) throw new Error('KMS returned no plaintext for the key ring.');
    return Plaintext;
  }
}
