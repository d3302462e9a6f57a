import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { ACCOUNT, REGION } from '../iam/authorizer.ts';
import { blob, readParameters, ServiceError } from './aws-json.ts';
import { MasterKeys, readSealed } from './master-keys.ts';
import type { Caller } from './permission.ts';

const context = z.record(z.string(), z.string());
type Context = z.output<typeof context>;
const shared = {
  EncryptionContext: context.optional(),
  EncryptionAlgorithm: z.literal('SYMMETRIC_DEFAULT').optional(),
};
const encryptParameters = z.strictObject({ KeyId: z.string(), Plaintext: blob, ...shared });
const decryptParameters = z.strictObject({ KeyId: z.string().optional(), CiphertextBlob: blob, ...shared });
const dataKeyParameters = z.strictObject({
  KeyId: z.string(),
  KeySpec: z.enum(['AES_256', 'AES_128']).optional(),
  NumberOfBytes: z.int().min(1).max(1024).optional(),
  EncryptionContext: context.optional(),
});

/** AWS's limit on what Encrypt takes, in bytes. */
const MAX_PLAINTEXT = 4096;

const arnOf = (keyId: string): string => `arn:aws:kms:${REGION}:${ACCOUNT}:key/${keyId}`;
const conditionKeys = (values: Context = {}) =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`kms:EncryptionContext:${name}`, [value]]),
  );
/** The context in an order of its own, so that the order of its members does not matter. */
const additionalData = (values: Context = {}) =>
  Buffer.from(JSON.stringify(Object.entries(values).toSorted(([a], [b]) => (a < b ? -1 : 1))));

/** Encrypt, Decrypt and GenerateDataKey of AWS KMS with symmetric keys; the encryption context is enforced. */
export class KeyManagement {
  readonly #masterKeys: MasterKeys;
  readonly #keyIds: ReadonlySet<string>;

  constructor(folder: string, keyIds: readonly string[]) {
    this.#masterKeys = new MasterKeys(folder);
    this.#keyIds = new Set(keyIds);
  }

  async perform(operation: string, body: Buffer, caller: Caller): Promise<object> {
    switch (operation) {
      case 'Encrypt':
        return this.#encrypt(body, caller);
      case 'Decrypt':
        return this.#decrypt(body, caller);
      case 'GenerateDataKey':
        return this.#generateDataKey(body, caller);
      default:
        throw new ServiceError(
          'UnknownOperationException',
          `The local KMS does not support the operation ${operation}.`,
        );
    }
  }

  async #encrypt(body: Buffer, caller: Caller): Promise<object> {
    const { KeyId, Plaintext, EncryptionContext } = readParameters(encryptParameters, body);
    const keyId = this.#known(KeyId);
    caller.require('kms:Encrypt', arnOf(keyId), conditionKeys(EncryptionContext));
    if (Plaintext.length === 0 || Plaintext.length > MAX_PLAINTEXT)
      throw new ServiceError('ValidationException', `Plaintext must have 1 to ${MAX_PLAINTEXT} bytes`);
    const sealed = await this.#masterKeys.seal(keyId, Plaintext, additionalData(EncryptionContext));
    return {
      CiphertextBlob: sealed.toString('base64'),
      KeyId: arnOf(keyId),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  }

  async #decrypt(body: Buffer, caller: Caller): Promise<object> {
    const { KeyId, CiphertextBlob, EncryptionContext } = readParameters(decryptParameters, body);
    const sealed = readSealed(CiphertextBlob);
    if (!sealed || !this.#keyIds.has(sealed.keyId)) throw invalidCiphertext();
    caller.require('kms:Decrypt', arnOf(sealed.keyId), conditionKeys(EncryptionContext));
    if (KeyId !== undefined && this.#known(KeyId) !== sealed.keyId)
      throw new ServiceError(
        'IncorrectKeyException',
        'The key ID in the request does not identify a CMK that can perform this operation.',
      );
    const plaintext = await this.#masterKeys.open(sealed, additionalData(EncryptionContext));
    if (!plaintext) throw invalidCiphertext();
    return {
      Plaintext: plaintext.toString('base64'),
      KeyId: arnOf(sealed.keyId),
      EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
    };
  }

  async #generateDataKey(body: Buffer, caller: Caller): Promise<object> {
    const { KeyId, KeySpec, NumberOfBytes, EncryptionContext } = readParameters(dataKeyParameters, body);
    const keyId = this.#known(KeyId);
    caller.require('kms:GenerateDataKey', arnOf(keyId), conditionKeys(EncryptionContext));
    if ((KeySpec === undefined) === (NumberOfBytes === undefined))
      throw new ServiceError('ValidationException', 'Please specify either number of bytes or key spec.');
    const plaintext = randomBytes(NumberOfBytes ?? (KeySpec === 'AES_128' ? 16 : 32));
    const sealed = await this.#masterKeys.seal(keyId, plaintext, additionalData(EncryptionContext));
    return {
      CiphertextBlob: sealed.toString('base64'),
      Plaintext: plaintext.toString('base64'),
      KeyId: arnOf(keyId),
    };
  }

  /** The key's id, given as such or as an ARN. */
  #known(keyId: string): string {
    const id = keyId.startsWith(arnOf('')) ? keyId.slice(arnOf('').length) : keyId;
    if (!this.#keyIds.has(id))
      throw new ServiceError('NotFoundException', `Key '${arnOf(id)}' does not exist`);
    return id;
  }
}

const invalidCiphertext = () =>
  new ServiceError(
    'InvalidCiphertextException',
    'The ciphertext is damaged, or its encryption context is not the one it was encrypted with.',
  );
