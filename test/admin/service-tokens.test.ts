import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportJWK, generateKeyPair } from 'jose';
import {
  judgeSecret,
  readServiceSecrets,
  serviceSecretsKey,
} from '../../lambdas/access/clients/service-secrets.ts';
import { type Administration, policy, startAdministration } from './administration.ts';

let administration: Administration;
beforeAll(async () => {
  administration = await startAdministration();
  await administration.apply(serviceToken('ci'));
});
afterAll(() => administration.close());

const serviceToken = (id: string, spec: object = {}) => ({
  apiVersion: 'sallyport/v1',
  kind: 'ServiceToken',
  metadata: { id },
  spec: { title: `The ${id} job`, ...spec },
});
const rotate = (id: string, body?: unknown) =>
  administration.call('POST', `/service-tokens/${id}/secrets`, body === undefined ? {} : { body });
const get = async (id: string) => (await administration.call('GET', `/service-tokens/${id}`)).body;
const stored = async (id: string) => {
  const item = await administration.identity.get(serviceSecretsKey(id));
  return item && readServiceSecrets(item);
};
const DAY = 86_400;
const secondsUntil = (time: string) => Math.round((Date.parse(time) - Date.now()) / 1000);

describe('a secret of a service token', () => {
  it('is shown once, with its end, and never again', async () => {
    const { status, headers, body } = await rotate('ci');
    expect(status).toBe(200);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toMatchObject({ id: 'ci', clientId: 'service-ci', previousExpiresAt: null });
    expect(Math.abs(secondsUntil(body.expiresAt) - 90 * DAY)).toBeLessThan(60);
    expect(judgeSecret(await stored('ci'), body.secret, Date.now() / 1000)).toBe('good');
    const { status: shown } = await get('ci');
    expect(shown).toMatchObject({
      clientId: 'service-ci',
      authentication: 'secret',
      secrets: [{ expiresAt: body.expiresAt }],
    });
    const audit = await administration.call('GET', '/audit');
    expect(JSON.stringify([await get('ci'), audit.body, await stored('ci')])).not.toContain(body.secret);
  });

  it('is recorded as a change, with an intent before it', async () => {
    await rotate('ci');
    const { items } = (await administration.call('GET', '/audit')).body;
    const changes = items.filter(
      ({ document }: { document?: { kind: string } }) => document?.kind === 'ServiceTokenSecret',
    );
    expect(changes.slice(0, 2)).toMatchObject([
      {
        activity: 'create',
        status: 'success',
        document: { id: 'ci' },
        person: { email: 'dana@example.com' },
      },
      { activity: 'create', status: 'intent', document: { id: 'ci' } },
    ]);
  });

  it('lives as long as the document says, and the one before as long as the request says', async () => {
    await administration.apply(serviceToken('brief', { secretLifetimeDays: 1 }));
    await rotate('brief');
    const { body } = await rotate('brief', { keepPreviousHours: 2 });
    expect(Math.abs(secondsUntil(body.expiresAt) - DAY)).toBeLessThan(60);
    expect(Math.abs(secondsUntil(body.previousExpiresAt) - 7200)).toBeLessThan(60);
    const longer = await rotate('brief', { keepPreviousHours: 168 });
    expect(secondsUntil(longer.body.previousExpiresAt)).toBeLessThanOrEqual(DAY);
    expect((await get('brief')).status.secrets).toHaveLength(2);
    await rotate('brief', { keepPreviousHours: 0 });
    expect((await get('brief')).status.secrets).toHaveLength(1);
  });

  it('of several made at the same time is one, and the others are told', async () => {
    await administration.apply(serviceToken('busy'));
    const answers = await Promise.all([rotate('busy'), rotate('busy'), rotate('busy')]);
    const made = answers.filter(({ status }) => status === 200);
    for (const { status, body } of answers) if (status !== 200) expect(body.error.code).toBe('conflict');
    const good = await Promise.all(
      made.map(async ({ body }) => judgeSecret(await stored('busy'), body.secret, Date.now() / 1000)),
    );
    expect(good.at(-1)).toBe('good');
  });

  it('ends with all others at once', async () => {
    const { body } = await rotate('ci');
    const before = await stored('ci');
    const revoked = await administration.call('DELETE', '/service-tokens/ci/secrets');
    expect(revoked.body).toEqual({ id: 'ci', result: 'revoked' });
    const after = await stored('ci');
    expect(judgeSecret(after, body.secret, Date.now() / 1000)).toBe('wrong');
    expect(after?.epoch).not.toBe(before?.epoch);
    expect((await get('ci')).status.secrets).toEqual([]);
  });

  it('is gone with the document, so that none comes back with another of the same id', async () => {
    await administration.apply(serviceToken('gone'));
    await rotate('gone');
    expect((await administration.call('DELETE', '/service-tokens/gone')).status).toBe(200);
    expect(await stored('gone')).toBeUndefined();
    await administration.apply(serviceToken('gone'));
    expect((await get('gone')).status.secrets).toEqual([]);
  });

  it.each<[string, unknown, string]>([
    ['a day too long', { keepPreviousHours: 192 }, 'keepPreviousHours'],
    ['less than nothing', { keepPreviousHours: -1 }, 'keepPreviousHours'],
    ['with a secret of its own', { secret: 'mine' }, 'secret'],
  ])('cannot be made %s', async (_name, body, at) => {
    expect(await rotate('ci', body)).toMatchObject({ status: 400, body: { error: { at } } });
  });

  it('cannot be made for nobody, for one that has keys, or by somebody without a role', async () => {
    expect((await rotate('nobody')).status).toBe(404);
    const { publicKey } = await generateKeyPair('ES256');
    await administration.apply(serviceToken('keys', { jwks: { keys: [await exportJWK(publicKey)] } }));
    expect(await rotate('keys')).toMatchObject({ status: 409, body: { error: { code: 'uses_keys' } } });
    expect((await get('keys')).status).toMatchObject({ authentication: 'keys', secrets: [] });
    for (const method of ['POST', 'DELETE'])
      expect(
        (await administration.call(method, '/service-tokens/ci/secrets', { as: 'eve@example.com' })).status,
      ).toBe(403);
  });
});

describe('a service token document', () => {
  it('cannot be deleted while a policy names it, and a policy cannot name one that is not there', async () => {
    const missing = await administration.apply(policy('jobs', { include: [{ serviceToken: 'missing' }] }));
    expect(missing.body.error).toMatchObject({
      code: 'unknown_reference',
      at: 'documents[0].spec.include[0].serviceToken',
    });
    await administration.apply(policy('jobs', { include: [{ serviceToken: 'ci' }] }));
    expect(await administration.call('DELETE', '/service-tokens/ci')).toMatchObject({
      status: 409,
      body: { error: { code: 'in_use', message: expect.stringContaining('jobs') } },
    });
  });

  it('is refused with a secret key in it, and nothing of the key is repeated', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const key = await exportJWK(privateKey);
    const refused = await administration.apply(serviceToken('leaky', { jwks: { keys: [key] } }));
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { at: 'documents[0].spec.jwks.keys[0].d' } },
    });
    expect(JSON.stringify(refused.body)).not.toContain(String(key.d));
  });
});
