import { EventBridgeClient, ListRulesCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  DecryptCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServices, type TestServices } from '../../fixtures/store.ts';

let services: TestServices;
const kms = new KMSClient({});
const eventBridge = new EventBridgeClient({});
beforeAll(async () => {
  services = await startTestServices();
});
afterAll(() => services.close());

const plaintext = Buffer.from('the signing key');
const encrypt = async (EncryptionContext: Record<string, string>) =>
  (await kms.send(new EncryptCommand({ KeyId: services.keyArn, Plaintext: plaintext, EncryptionContext })))
    .CiphertextBlob ?? new Uint8Array();
const decrypt = async (CiphertextBlob: Uint8Array, EncryptionContext: Record<string, string> = {}) =>
  Buffer.from((await kms.send(new DecryptCommand({ CiphertextBlob, EncryptionContext }))).Plaintext ?? []);

describe('keys', () => {
  it('decrypt under the same context in any order', async () => {
    const sealed = await encrypt({ purpose: 'signing-key', kid: '1' });
    expect(await decrypt(sealed, { kid: '1', purpose: 'signing-key' })).toEqual(plaintext);
  });

  it.each<Record<string, string>>([{}, { purpose: 'other' }, { purpose: 'signing-key', more: 'x' }])(
    'do not decrypt under the context %j',
    async (context) => {
      const sealed = await encrypt({ purpose: 'signing-key' });
      await expect(decrypt(sealed, context)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    },
  );

  it('do not decrypt an altered blob, whichever byte was altered', async () => {
    const sealed = await encrypt({});
    for (let at = 0; at < sealed.length; at += 5) {
      const altered = Uint8Array.from(sealed, (byte, index) => (index === at ? byte ^ 1 : byte));
      await expect(decrypt(altered)).rejects.toMatchObject({ name: 'InvalidCiphertextException' });
    }
  });

  it('give data keys with their sealed form', async () => {
    const key = await kms.send(new GenerateDataKeyCommand({ KeyId: services.keyArn, KeySpec: 'AES_256' }));
    expect(key.Plaintext).toHaveLength(32);
    expect(await decrypt(key.CiphertextBlob ?? new Uint8Array())).toEqual(Buffer.from(key.Plaintext ?? []));
  });

  it('must exist', async () => {
    const unknown = services.keyArn.replace('vault-key', 'other-key');
    await expect(
      kms.send(new EncryptCommand({ KeyId: unknown, Plaintext: plaintext })),
    ).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('refuse operations and parameters they do not have by name', async () => {
    const KeyId = services.keyArn;
    await expect(kms.send(new ScheduleKeyDeletionCommand({ KeyId }))).rejects.toThrow(/ScheduleKeyDeletion/);
    await expect(
      kms.send(new EncryptCommand({ KeyId, Plaintext: plaintext, GrantTokens: ['g'] })),
    ).rejects.toThrow(/GrantTokens/);
  });
});

describe('event buses', () => {
  const entry = (Detail: string, EventBusName = services.eventBus) => ({
    EventBusName,
    Source: 'sallyport.test',
    DetailType: 'Something happened',
    Detail,
  });

  it('keep the good entries of a request and say what is wrong with the others', async () => {
    const Entries = [entry('{"a":1}'), entry('[]'), { ...entry('{}'), Source: undefined }];
    const result = await eventBridge.send(new PutEventsCommand({ Entries }));
    expect(result.FailedEntryCount).toBe(2);
    expect(result.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
      undefined,
      'MalformedDetail',
      'InvalidArgument',
    ]);
    expect(services.events().at(-1)).toMatchObject({
      bus: 'events',
      source: 'sallyport.test',
      'detail-type': 'Something happened',
      detail: { a: 1 },
    });
  });

  it('must exist', async () => {
    const Entries = [entry('{}', 'nowhere')];
    await expect(eventBridge.send(new PutEventsCommand({ Entries }))).rejects.toThrow(/nowhere/);
  });

  it('refuse operations they do not have by name', async () => {
    await expect(eventBridge.send(new ListRulesCommand({}))).rejects.toThrow(/ListRules/);
  });
});
