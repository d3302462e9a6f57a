import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, CrossAppAccessProvider, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { decodeJwt, exportJWK, generateKeyPair } from 'jose';
import { itemKey } from '../../lambdas/access/item-key.ts';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { accessSessionKey, findPerson, savePerson } from '../../lambdas/access/sessions/people-store.ts';
import { personId } from '../../lambdas/access/sessions/person.ts';
import { listenOnLoopback } from '../../local/services/loopback.ts';
import { type RunningIssuer, startIssuer } from './assertion-issuer.ts';
import { httpRequest } from './browser.ts';
import { postForm, postJson } from './deployment.ts';
import { startProving } from './dpop-client.ts';
import { allow, askForToken, basic, type ServingDeployment, startServing } from './service-deployment.ts';

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const REDIRECT = 'http://127.0.0.1:49152/callback';

let deployment: ServingDeployment;
let issuer: RunningIssuer;
let second: RunningIssuer;
let application: { id: string; secret: string };

async function registerFor(method: string, more: object = {}) {
  const { body } = await postJson(deployment.service, '/oauth/register', {
    client_name: 'Corporate assistant',
    redirect_uris: [REDIRECT],
    grant_types: ['authorization_code', JWT_BEARER],
    token_endpoint_auth_method: method,
    ...more,
  });
  return { id: String(body.client_id), secret: String(body.client_secret) };
}

beforeAll(async () => {
  issuer = await startIssuer(() => deployment.origin);
  second = await startIssuer(() => deployment.origin, 'acquired');
  deployment = await startServing({ assertionIssuers: [issuer, second] });
  application = await registerFor('client_secret_basic');
});
afterAll(() => Promise.all([deployment.close(), issuer.close(), second.close()]));
beforeEach(() => {
  deployment.setPolicies([allow({ emailDomain: 'example.com' })]);
  deployment.records.length = 0;
});

const assertion = (claims: Record<string, unknown> = {}, ...more: [object?, Uint8Array?]) =>
  issuer.assert({ client_id: application.id, ...claims }, ...more);
const redeem = async (given: string | Promise<string>, form: Record<string, string> = {}) =>
  askForToken(
    deployment,
    { grant_type: JWT_BEARER, assertion: await given, ...form },
    basic(application.id, application.secret),
  );
const refusedAs = (error: string) => ({ status: 400, body: { error } });
const ALICE = personId('corporate', 'U0194');

describe('an identity assertion', () => {
  it('connects a person without a browser, by the SDK alone', async () => {
    const authProvider = new CrossAppAccessProvider({
      clientId: application.id,
      clientSecret: application.secret,
      expectedIssuer: deployment.origin,
      assertion: ({ authorizationServerUrl, resourceUrl }) => {
        expect(authorizationServerUrl).toBe(deployment.origin);
        return assertion({ resource: resourceUrl });
      },
    });
    const client = new Client({ name: 'assistant', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(new StreamableHTTPClientTransport(new URL(deployment.mcpUrl), { authProvider }));
    await client.close();
    expect(deployment.exchanges.at(-1)?.actor).toMatchObject({
      person: { id: ALICE, email: 'alice@example.com' },
      client: { id: application.id, name: 'Corporate assistant' },
    });
    expect(deployment.records).toContainEqual(
      expect.objectContaining({
        activity: 'sign-in',
        status: 'success',
        reason: expect.stringContaining('corporate (https://corporate.example.com)'),
      }),
    );
  });

  it('gives an access token of a session and a grant that end with it, and nothing to refresh', async () => {
    const { status, body } = await redeem(assertion(), { resource: deployment.mcpUrl, scope: 'mcp' });
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(['access_token', 'expires_in', 'scope', 'token_type']);
    const { sub, sid, gid, aud, exp = 0 } = decodeJwt(String(body.access_token));
    expect({ sub, aud }).toEqual({ sub: ALICE, aud: deployment.mcpUrl });
    const session = await deployment.identity.get(accessSessionKey(String(sid)));
    const grant = await deployment.identity.get(itemKey('Grant', String(gid)));
    expect(Number(session?.expiresAt)).toBeLessThanOrEqual(exp);
    expect(Number(session?.ttl)).toBeLessThanOrEqual(exp);
    expect(Number(grant?.ttl)).toBeLessThanOrEqual(exp + 1);
  });

  it('may be redeemed for a token that is bound to a key', async () => {
    const maker = await startProving();
    const dpop = await maker.proof('POST', `${deployment.origin}/oauth/token`);
    const form = { grant_type: JWT_BEARER, assertion: await assertion() };
    const headers = { ...basic(application.id, application.secret), dpop };
    const { body } = await askForToken(deployment, form, headers);
    expect(body.token_type).toBe('DPoP');
    expect(decodeJwt(String(body.access_token))).toHaveProperty('cnf.jkt');
  });

  it('is of no use without a proof to an application that wants its tokens bound to a key', async () => {
    const { id, secret } = await registerFor('client_secret_basic', { dpop_bound_access_tokens: true });
    const form = { grant_type: JWT_BEARER, assertion: await assertion({ client_id: id }) };
    expect(await askForToken(deployment, form, basic(id, secret))).toMatchObject(refusedAs('invalid_grant'));
    const dpop = await (await startProving()).proof('POST', `${deployment.origin}/oauth/token`);
    const { body } = await askForToken(deployment, form, { ...basic(id, secret), dpop });
    expect(body.token_type).toBe('DPoP');
  });

  it('is announced in the metadata', async () => {
    const answer = await fetch(`${deployment.origin}/.well-known/oauth-authorization-server`);
    expect(await answer.json()).toMatchObject({
      grant_types_supported: expect.arrayContaining([JWT_BEARER]),
      authorization_grant_profiles_supported: ['urn:ietf:params:oauth:grant-profile:id-jag'],
      token_endpoint_auth_signing_alg_values_supported: expect.not.arrayContaining(['none', 'HS256']),
    });
  });

  it('is neither announced nor accepted by a deployment that lists no issuers', async () => {
    const service = createOAuthService({ ...deployment.options, assertionIssuers: [] });
    const form = { grant_type: JWT_BEARER, assertion: await assertion() };
    const { status, body } = await postForm(
      service,
      '/oauth/token',
      form,
      basic(application.id, application.secret),
    );
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'unsupported_grant_type' });
    const metadata = await service(
      httpRequest(`${deployment.origin}/.well-known/oauth-authorization-server`),
    );
    expect(metadata.body).not.toContain('id-jag');
  });

  it('does not take a person out of the groups of their last sign-in', async () => {
    const known = {
      id: ALICE,
      idp: 'corporate',
      subject: 'U0194',
      email: 'alice@example.com',
      name: 'Alice',
    };
    await savePerson(deployment.identity, { ...known, groups: ['contractors'] });
    await redeem(assertion());
    expect(await findPerson(deployment.identity, ALICE)).toMatchObject({
      name: 'Alice',
      groups: ['contractors'],
    });
    await redeem(assertion({ groups: ['engineering'] }));
    expect(await findPerson(deployment.identity, ALICE)).toMatchObject({ groups: ['engineering'] });
  });

  it('does not let in whom the policies do not', async () => {
    deployment.setPolicies([allow({ email: 'bob@example.com' })]);
    expect(await redeem(assertion())).toMatchObject(refusedAs('access_denied'));
    expect(deployment.records).toEqual([
      expect.objectContaining({
        activity: 'sign-in',
        status: 'failure',
        actor: expect.objectContaining({ person: { id: ALICE, email: 'alice@example.com' } }),
      }),
    ]);
  });

  it('does not connect an application that owners have to approve first', async () => {
    deployment.setPortal({ clients: { approval: 'unknown-hosts', hosts: [] } });
    expect(await redeem(assertion())).toMatchObject(refusedAs('access_denied'));
    deployment.setPortal({ clients: { approval: 'unknown-hosts', hosts: ['localhost'] } });
    expect((await redeem(assertion())).status).toBe(200);
  });
});

describe('an assertion is refused', () => {
  const now = () => Math.floor(Date.now() / 1000);

  it.each<[string, () => Record<string, unknown>]>([
    ['for another authorization server', () => ({ aud: 'https://elsewhere.example' })],
    ['for our endpoint instead of our issuer', () => ({ aud: `${deployment.origin}/oauth/token` })],
    ['for us and somebody else', () => ({ aud: [deployment.origin, 'https://elsewhere.example'] })],
    ['for another resource', () => ({ resource: 'https://elsewhere.example/mcp' })],
    ['for the admin API', () => ({ resource: `${deployment.origin}/api/v1` })],
    ['for another application', () => ({ client_id: 'client-another' })],
    ['for no application', () => ({ client_id: undefined })],
    ['without a resource', () => ({ resource: undefined })],
    ['without an id to use it once by', () => ({ jti: undefined })],
    ['without an end', () => ({ exp: undefined })],
    ['without a beginning', () => ({ iat: undefined })],
    ['after its end', () => ({ iat: now() - 600, exp: now() - 60 })],
    ['from the future', () => ({ iat: now() + 600, exp: now() + 900 })],
    [
      'long after it was issued, however long it says that it lives',
      () => ({ iat: now() - 7200, exp: now() + 7200 }),
    ],
    ['by an issuer that is not listed', () => ({ iss: 'https://other.example' })],
    ['about an e-mail address of another domain', () => ({ email: 'dana@owners.example' })],
    ['about an address of a subdomain', () => ({ email: 'alice@sub.example.com' })],
    ['about an address that only looks like one', () => ({ email: 'dana@owners.example@example.com' })],
    ['about an address that is not verified', () => ({ email_verified: false })],
    ['about nobody in particular', () => ({ sub: undefined })],
    ['for other scopes', () => ({ scope: 'admin' })],
  ])('%s', async (_name, claims) => {
    expect(await redeem(assertion(claims()))).toMatchObject(refusedAs('invalid_grant'));
  });

  it('when the request asks for a scope or resource beyond it', async () => {
    expect(await redeem(assertion(), { scope: 'admin' })).toMatchObject(refusedAs('invalid_grant'));
    const resource = `${deployment.origin}/api/v1`;
    expect(await redeem(assertion(), { resource })).toMatchObject(refusedAs('invalid_target'));
  });

  it.each(['JWT', 'at+jwt', 'oauth-authz-req+jwt', undefined])('of the type %s', async (typ) => {
    expect(await redeem(assertion({}, { typ }))).toMatchObject(refusedAs('invalid_grant'));
  });

  it('the second time, and of several at once all but one', async () => {
    const used = await assertion();
    const answers = await Promise.all([used, used, used, used].map((one) => redeem(one)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers)
      if (answer.status !== 200) expect(answer).toMatchObject(refusedAs('invalid_grant'));
    expect(await redeem(used)).toMatchObject(refusedAs('invalid_grant'));
    expect(deployment.records).toContainEqual(
      expect.objectContaining({ status: 'failure', reason: expect.stringContaining('used before') }),
    );
  });

  it('without a signature, with the public key as a secret, and with a key that it brings itself', async () => {
    const claims = decodeJwt(await assertion());
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${encode({ alg: 'none', typ: 'oauth-id-jag+jwt' })}.${encode(claims)}.`;
    expect(await redeem(unsigned)).toMatchObject(refusedAs('invalid_grant'));
    const shared = new TextEncoder().encode(JSON.stringify(issuer.publicJwk));
    expect(await redeem(assertion({}, { alg: 'HS256' }, shared))).toMatchObject(refusedAs('invalid_grant'));

    const own = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(own.publicKey)), kid: 'corporate' };
    const asked: string[] = [];
    const elsewhere = await listenOnLoopback(0, (request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ keys: [jwk] }));
    });
    for (const header of [
      {},
      { jwk },
      { jku: elsewhere.origin },
      { x5u: elsewhere.origin },
      { kid: 'other' },
    ]) {
      const forged = issuer.assert({ client_id: application.id }, header, own.privateKey);
      expect(await redeem(forged)).toMatchObject(refusedAs('invalid_grant'));
    }
    expect(asked).toEqual([]);
    await elsewhere.close();
  });

  it('from a registered application that proves nothing, and from one that proves to be another', async () => {
    const open = await registerFor('none');
    const given = await issuer.assert({ client_id: open.id });
    const answer = await askForToken(deployment, {
      grant_type: JWT_BEARER,
      assertion: given,
      client_id: open.id,
    });
    expect(answer).toMatchObject(refusedAs('unauthorized_client'));
    expect(await redeem(given)).toMatchObject(refusedAs('invalid_grant'));
  });

  it('when it is no JWT, and is never repeated in the answer or in records', async () => {
    expect(await redeem('not.a.jwt')).toMatchObject(refusedAs('invalid_grant'));
    const given = await assertion({ email: 'dana@owners.example', name: `secret-${randomUUID()}` });
    const answer = await redeem(given);
    const told = JSON.stringify([answer, deployment.records]);
    for (const part of given.split('.')) expect(told).not.toContain(part);
    expect(told).not.toContain('secret-');
  });
});

it('an application with a metadata document redeems assertions without a secret, only its own', async () => {
  let address = '';
  const site = await listenOnLoopback(0, (_request, response) => {
    const document = {
      client_id: address,
      redirect_uris: [REDIRECT],
      grant_types: ['authorization_code', JWT_BEARER],
    };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  address = `${site.origin}/client.json`;
  const ask = async (client_id: string) =>
    askForToken(deployment, {
      grant_type: JWT_BEARER,
      assertion: await issuer.assert({ client_id }),
      client_id: address,
    });
  expect((await ask(address)).status).toBe(200);
  expect(await ask(application.id)).toMatchObject(refusedAs('invalid_grant'));
  await site.close();
});

it('keys that cannot be read are a fault of the moment: no token, and the client may try again', async () => {
  second.hideKeys(true);
  const given = await second.assert({ client_id: application.id });
  expect(await redeem(given)).toMatchObject({ status: 503, body: { error: 'temporarily_unavailable' } });
  second.hideKeys(false);
  expect((await redeem(given)).status).toBe(200);
});

it('the same subject at another issuer is another person', async () => {
  const { body } = await redeem(second.assert({ client_id: application.id }));
  expect(decodeJwt(String(body.access_token)).sub).toBe(personId('acquired', 'U0194'));
});

it('an issuer cannot speak in the name of another', async () => {
  const forged = second.assert({ client_id: application.id, iss: issuer.issuer }, { kid: 'corporate' });
  expect(await redeem(forged)).toMatchObject(refusedAs('invalid_grant'));
});
