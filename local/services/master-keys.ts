import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const NONCE = 12;
const TAG = 16;

export interface Sealed {
  keyId: string;
  nonce: Buffer;
  tag: Buffer;
  ciphertext: Buffer;
}

/** AES-256 master keys in files of their own, one per key id, made when they are first used. */
export class MasterKeys {
  readonly #folder: string;
  readonly #keys = new Map<string, Promise<Buffer>>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Encrypts with AES-256-GCM; the blob names its key, so that decryption needs no key id. */
  async seal(keyId: string, plaintext: Buffer, additionalData: Buffer): Promise<Buffer> {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', await this.#key(keyId), nonce).setAAD(additionalData);
    const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
    const name = Buffer.from(keyId, 'utf8');
    return Buffer.concat([Buffer.of(name.length), name, nonce, cipher.getAuthTag(), ciphertext]);
  }

  /** Decrypts; undefined when the blob or the additional data is not what was sealed. */
  async open({ keyId, nonce, tag, ciphertext }: Sealed, additionalData: Buffer): Promise<Buffer | undefined> {
    const decipher = createDecipheriv('aes-256-gcm', await this.#key(keyId), nonce)
      .setAAD(additionalData)
      .setAuthTag(tag);
    try {
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    } catch {
      return undefined;
    }
  }

  #key(keyId: string): Promise<Buffer> {
    const known = this.#keys.get(keyId) ?? this.#readOrCreate(join(this.#folder, `${keyId}.key`));
    this.#keys.set(keyId, known);
    return known;
  }

  async #readOrCreate(file: string): Promise<Buffer> {
    await mkdir(this.#folder, { recursive: true });
    try {
      await writeFile(file, randomBytes(32), { flag: 'wx', mode: 0o600 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    return readFile(file);
  }
}

/** Takes a sealed blob apart; undefined when it is none. */
export function readSealed(blob: Buffer): Sealed | undefined {
  const nameEnd = 1 + (blob[0] ?? 0);
  const ciphertextStart = nameEnd + NONCE + TAG;
  if (nameEnd === 1 || blob.length < ciphertextStart) return undefined;
  return {
    keyId: blob.toString('utf8', 1, nameEnd),
    nonce: blob.subarray(nameEnd, nameEnd + NONCE),
    tag: blob.subarray(nameEnd + NONCE, ciphertextStart),
    ciphertext: blob.subarray(ciphertextStart),
  };
}
