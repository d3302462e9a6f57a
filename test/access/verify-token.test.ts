import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { saveAccessSession, savePerson } from '../../lambdas/access/sessions/people-store.ts';
import { type AccessToken, personId } from '../../lambdas/access/sessions/person.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { VerifiedTokens } from '../../lambdas/access/tokens/verified-tokens.ts';
import { createTokenVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';

const ORIGIN = 'https://sallyport.test';
const AUDIENCE = `${ORIGIN}/mcp`;
const now = () => Math.floor(Date.now() / 1000);
const CLAIMS = {
  iss: ORIGIN,
  aud: AUDIENCE,
  sub: 'p_1',
  sid: 's_1',
  gid: 'g_1',
  client_id: 'c_1',
  scope: 'mcp',
};

let store: TestStore;
let identity: Table;
let key: CryptoKey;
beforeAll(async () => {
  store = await startTestStore();
  identity = new Table(store.tableName('identity'));
  const pair = await generateKeyPair('RS256', { extractable: true });
  key = pair.privateKey;
  await publish('k1', pair.publicKey);
});
afterAll(() => store.close());

async function publish(kid: string, publicKey: CryptoKey): Promise<void> {
  const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' };
  await identity.put({ pk: 'Jwks#current', sk: 'current', keys: [jwk] });
}

interface Forgery {
  claims?: JWTPayload;
  header?: { kid?: string; typ?: string };
  with?: CryptoKey;
  expiresIn?: number;
}
const sign = (forgery: Forgery = {}) =>
  new SignJWT({ ...CLAIMS, ...forgery.claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ: 'at+jwt', ...forgery.header })
    .setIssuedAt(now() - 1_000)
    .setExpirationTime(now() + (forgery.expiresIn ?? 900))
    .setJti(randomUUID())
    .sign(forgery.with ?? key);

const verifier = () => createTokenVerifier({ origin: ORIGIN, audience: AUDIENCE, identity });
const refusal = { code: 'invalid_token', status: 401 };

describe('a token that was verified a moment ago', () => {
  const remembering = (toleranceSeconds = 0) =>
    createTokenVerifier({ origin: ORIGIN, audience: AUDIENCE, identity, toleranceSeconds });

  it('is the same token to the letter: an altered one is verified anew', async () => {
    const tokens = remembering();
    const token = await sign();
    await tokens.verify(token);
    const [header, payload, signature = ''] = token.split('.');
    const altered = `${header}.${payload}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`;
    await expect(tokens.verify(altered)).rejects.toMatchObject(refusal);
  });

  it('is not remembered past its own end and the tolerance', () => {
    const read = { token: { expiresAt: now() - 5 } as AccessToken, kid: 'k1' };
    const verified = new VerifiedTokens(10);
    verified.add('token', read);
    expect(verified.find('token')?.token).toBe(read.token);
    const strict = new VerifiedTokens(0);
    strict.add('token', read);
    expect(strict.find('token')).toBeUndefined();
  });

  it('is not remembered by a verifier for another resource', async () => {
    const token = await sign();
    await remembering().verify(token);
    const other = createTokenVerifier({ origin: ORIGIN, audience: `${ORIGIN}/api/v1`, identity });
    await expect(other.verify(token)).rejects.toMatchObject(refusal);
  });
});

describe('a key that was withdrawn', () => {
  it('is trusted for half a minute at most, also for tokens that were verified a moment ago', async () => {
    let clock = Date.now();
    const tokens = createTokenVerifier({ origin: ORIGIN, audience: AUDIENCE, identity, clock: () => clock });
    const next = await generateKeyPair('RS256', { extractable: true });
    const published = await identity.get({ pk: 'Jwks#current', sk: 'current' });
    const [known, fresh] = [await sign(), await sign({ header: { kid: 'k2' }, with: next.privateKey })];
    await tokens.verify(known);
    await publish('k2', next.publicKey);
    clock += 29_000;
    await expect(tokens.verify(known)).resolves.toMatchObject({ subject: 'p_1' });
    clock += 2_000;
    await expect(tokens.verify(known)).rejects.toMatchObject(refusal);
    await expect(tokens.verify(await sign())).rejects.toMatchObject(refusal);
    await expect(tokens.verify(fresh)).resolves.toMatchObject({ subject: 'p_1' });
    if (published) await identity.put(published);
  });
});

describe('an access token', () => {
  it('of ours, for this resource, is read', async () => {
    await expect(verifier().verify(await sign())).resolves.toMatchObject({
      subject: 'p_1',
      sid: 's_1',
      grantId: 'g_1',
      clientId: 'c_1',
      audience: AUDIENCE,
      scopes: ['mcp'],
    });
  });

  it.each<[string, Forgery]>([
    ['of another audience', { claims: { aud: `${ORIGIN}/api/v1` } }],
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['of the issuer with a trailing slash', { claims: { iss: `${ORIGIN}/` } }],
    ['past its time', { expiresIn: -1 }],
    ['that is an ID token', { header: { typ: 'JWT' } }],
    ['signed with an unknown key', { header: { kid: 'k2' } }],
    ['without a session', { claims: { sid: undefined } }],
    ['without a grant', { claims: { gid: undefined } }],
  ])('%s is refused', async (_what, forgery) => {
    await expect(verifier().verify(await sign(forgery))).rejects.toMatchObject(refusal);
  });

  it('signed by somebody else under our key’s name is refused', async () => {
    const foreign = (await generateKeyPair('RS256')).privateKey;
    await expect(verifier().verify(await sign({ with: foreign }))).rejects.toMatchObject(refusal);
  });

  it('that was altered, is unsigned, or signed with the public key as a secret is refused', async () => {
    const [header = '', payload = '', signature = ''] = (await sign()).split('.');
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const raised = encode({ ...CLAIMS, scope: 'mcp admin', exp: now() + 900 });
    const symmetric = encode({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' });
    const publicPart = JSON.stringify(await identity.get({ pk: 'Jwks#current', sk: 'current' }));
    const mac = createHmac('sha256', publicPart).update(`${symmetric}.${payload}`).digest('base64url');
    for (const token of [
      `${header}.${raised}.${signature}`,
      `${encode({ alg: 'none', typ: 'at+jwt' })}.${payload}.`,
      `${symmetric}.${payload}.${mac}`,
      `${header}.${payload}`,
      'nonsense',
      '',
    ])
      await expect(verifier().verify(token)).rejects.toMatchObject(refusal);
  });

  it('may be tolerated past its time for as long as an authorizer’s answer is cached', async () => {
    const tolerant = createTokenVerifier({
      origin: ORIGIN,
      audience: AUDIENCE,
      identity,
      toleranceSeconds: 60,
    });
    await expect(tolerant.verify(await sign({ expiresIn: -5 }))).resolves.toMatchObject({ subject: 'p_1' });
    await expect(tolerant.verify(await sign({ expiresIn: -65 }))).rejects.toMatchObject(refusal);
  });

  it('is verified without the table once the key is known, and unknown keys make it look once', async () => {
    let reads = 0;
    class CountingTable extends Table {
      override async get(...parameters: Parameters<Table['get']>) {
        reads += 1;
        return super.get(...parameters);
      }
    }
    const counted = createTokenVerifier({
      origin: ORIGIN,
      audience: AUDIENCE,
      identity: new CountingTable(identity.name),
    });
    const tokens = await Promise.all(Array.from({ length: 5 }, () => sign()));
    await Promise.all(tokens.map((token) => counted.verify(token)));
    expect(reads).toBe(1);
    for (const kid of ['x', 'y', 'z'])
      await counted.verify(await sign({ header: { kid } })).catch(() => undefined);
    expect(reads).toBe(1);
  });
});

describe('the session behind a token', () => {
  const person = {
    id: personId('cognito', 'sub-1'),
    idp: 'cognito',
    subject: 'sub-1',
    email: 'alice@example.com',
    name: 'Alice',
    groups: ['engineering'],
  };
  const token: AccessToken = {
    subject: person.id,
    sid: 's_1',
    grantId: 'g_1',
    clientId: 'c_1',
    audience: AUDIENCE,
    scopes: ['mcp'],
    expiresAt: now() + 900,
  };
  const grant = { pk: 'Grant#g_1', sk: 'current' };
  const session = { pk: 'AccessSession#s_1', sk: 'current' };

  beforeEach(async () => {
    await savePerson(identity, person);
    await identity.delete(session);
    await saveAccessSession(identity, {
      sid: 's_1',
      person,
      authenticatedAt: now(),
      expiresAt: now() + 1_000,
    });
    await identity.put({ ...grant, person: person.id, clientId: 'c_1', ttl: now() + 1_000 });
  });

  it('carries the person as the last sign-in described them', async () => {
    await savePerson(identity, { ...person, groups: ['security'] });
    await expect(createSessionReader(identity).read(token)).resolves.toMatchObject({
      sid: 's_1',
      person: { id: person.id, email: 'alice@example.com', groups: ['security'] },
    });
  });

  it.each([
    ['without its grant', () => identity.delete(grant)],
    ['without its session', () => identity.delete(session)],
    [
      'with a grant past its time',
      () => identity.put({ ...grant, person: person.id, clientId: 'c_1', ttl: now() - 1 }),
    ],
    ['with somebody else’s grant', () => identity.put({ ...grant, person: 'p_other', clientId: 'c_1' })],
    ['with another client’s grant', () => identity.put({ ...grant, person: person.id, clientId: 'c_other' })],
    [
      'with somebody else’s session',
      () =>
        identity.put({ ...session, sid: 's_1', person: 'p_other', authenticatedAt: 1, expiresAt: now() + 9 }),
    ],
  ])('%s is refused', async (_what, change) => {
    await change();
    await expect(createSessionReader(identity).read(token)).rejects.toMatchObject(refusal);
  });

  it('is remembered for 30 seconds, not longer', async () => {
    let clock = Date.now();
    const reader = createSessionReader(identity, { clock: () => clock });
    await reader.read(token);
    await identity.delete(grant);
    clock += 29_000;
    await expect(reader.read(token)).resolves.toMatchObject({ sid: 's_1' });
    clock += 2_000;
    await expect(reader.read(token)).rejects.toMatchObject(refusal);
  });

  it('is not remembered past its own end, nor over a clock that was set back', async () => {
    let clock = Date.now();
    const reader = createSessionReader(identity, { clock: () => clock });
    await reader.read(token);
    await identity.delete(session);
    clock -= 5_000;
    await expect(reader.read(token)).rejects.toMatchObject(refusal);
    await saveAccessSession(identity, { sid: 's_1', person, authenticatedAt: now(), expiresAt: now() + 5 });
    clock += 5_000;
    await reader.read(token);
    clock += 10_000;
    await expect(reader.read(token)).rejects.toMatchObject(refusal);
  });
});
