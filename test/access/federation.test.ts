import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { findPeopleByEmail, findPerson } from '../../lambdas/access/sessions/people-store.ts';
import { personId } from '../../lambdas/access/sessions/person.ts';
import type { TrustedProvider } from '../../lambdas/access/sign-in/trusted-provider.ts';
import { Browser, type Service } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  connect,
  ORIGIN,
  redeem,
  refresh,
  register,
  startDeployment,
} from './deployment.ts';

const okta: TrustedProvider = {
  name: 'okta',
  emailDomains: ['example.com'],
  saysVerified: false,
  attributes: [],
};
const entra: TrustedProvider = { ...okta, name: 'entra' };

let deployment: Awaited<ReturnType<typeof startDeployment>>;
let clientId: string;
let single: Service;
let several: Service;
beforeAll(async () => {
  deployment = await startDeployment();
  single = createOAuthService({ ...deployment.options, identityProviders: [okta] });
  several = createOAuthService({ ...deployment.options, identityProviders: [okta, entra] });
  clientId = await register(deployment.service);
});
afterAll(() => deployment.close());
beforeEach(() => {
  deployment.records.length = 0;
});

const sent = (userId: string, email: string, providerName = 'okta') => ({
  sub: `profile-of-${userId}`,
  email,
  email_verified: false,
  identities: [{ userId, providerName, providerType: 'SAML', primary: 'true' }],
});

/** Connects an application as whom the provider sends, in a browser of its own. */
function signIn(claims: Record<string, unknown>, service = single): Promise<URLSearchParams> {
  deployment.idp.next = claims;
  return authorize(new Browser(service, ORIGIN), authorizationRequest(clientId));
}

describe('signing in with the organisation’s identity provider', () => {
  it('names it on the person and in the record', async () => {
    expect((await signIn(sent('a1', 'anna@example.com'))).get('code')).toEqual(expect.any(String));
    const id = personId('okta', 'a1');
    expect(deployment.records.find(({ activity }) => activity === 'sign-in')).toMatchObject({
      status: 'success',
      idp: 'okta',
      actor: { person: { id, email: 'anna@example.com' } },
    });
    expect(await findPerson(deployment.identity, id)).toMatchObject({ idp: 'okta', subject: 'a1' });
  });

  it('shows its page at once when it is the only one, and a choice when there are several', async () => {
    await signIn(sent('a2', 'ben@example.com'));
    expect(deployment.idp.requests.at(-1)?.get('identity_provider')).toBe('okta');
    await signIn(sent('a2', 'ben@example.com'), several);
    expect(deployment.idp.requests.at(-1)?.has('identity_provider')).toBe(false);
  });

  it('moves a person to a new address: the old one is free for somebody else', async () => {
    await signIn(sent('a3', 'cleo@example.com'));
    await signIn(sent('a3', 'cleo.new@example.com'));
    const at = (email: string) => findPeopleByEmail(deployment.identity, email);
    expect(await at('cleo@example.com')).toEqual([]);
    expect(await at('cleo.new@example.com')).toMatchObject([{ id: personId('okta', 'a3') }]);
    await signIn(sent('a4', 'cleo@example.com'));
    expect(await at('cleo@example.com')).toMatchObject([{ id: personId('okta', 'a4') }]);
  });

  it('keeps people of one address at two providers apart', async () => {
    await signIn(sent('a5', 'dora@example.com', 'okta'), several);
    await signIn(sent('a5', 'dora@example.com', 'entra'), several);
    const people = await findPeopleByEmail(deployment.identity, 'dora@example.com');
    expect(new Set(people.map(({ id }) => id))).toEqual(
      new Set([personId('okta', 'a5'), personId('entra', 'a5')]),
    );
  });
});

describe('an identity provider that is not configured any more', () => {
  const sentBy = (provider: string) => sent('r1', 'frank@example.com', provider);

  it('has nobody signed in: refresh tokens end, and browsers are sent to sign in again', async () => {
    deployment.idp.next = sentBy('entra');
    const request = authorizationRequest(clientId);
    const code = (await authorize(new Browser(several, ORIGIN), request)).get('code') ?? '';
    const { refresh_token } = (await redeem(several, clientId, request, code)).body;
    expect(await refresh(single, clientId, refresh_token)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
    let service = several;
    const browser = new Browser((call) => service(call), ORIGIN);
    await authorize(browser, authorizationRequest(clientId));
    service = single;
    const seen = deployment.idp.requests.length;
    deployment.idp.next = sentBy('okta');
    await browser.visit(authorizationRequest(clientId).url);
    expect(deployment.idp.requests).toHaveLength(seen + 1);
  });

  it('may have been the user pool itself, before there was another', async () => {
    deployment.idp.next = { sub: 'first-owner', email: 'dana@example.com', email_verified: true };
    const tokens = await connect(deployment, clientId);
    expect(await refresh(single, clientId, tokens.refresh_token)).toMatchObject({ status: 400 });
  });
});

it('keeps what Cognito says about a failed federation for the record, not for the application', async () => {
  const said = 'Invalid SAML response received: Invalid user attributes: email';
  const answer = await signIn({ error: 'invalid_request', error_description: said });
  expect(answer.get('error_description')).toContain('it answered invalid_request');
  expect(answer.toString()).not.toContain('SAML');
  expect(deployment.records.at(-1)?.reason).toContain(said);
});

describe('somebody whom the provider may not vouch for', () => {
  it('is refused; the application hears why, and the record has the provider and the domain', async () => {
    const answer = await signIn(sent('m1', 'mallory@outside.test'));
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('error_description')).toContain('may not vouch for e-mail addresses of your domain');
    expect(answer.toString()).not.toMatch(/mallory|outside/);
    expect(deployment.records.at(-1)).toMatchObject({
      activity: 'sign-in',
      status: 'failure',
      idp: 'okta',
      reason: expect.stringContaining('outside.test is not among the emailDomains'),
    });
    expect(await findPerson(deployment.identity, personId('okta', 'm1'))).toBeUndefined();
  });

  it('leaves the person as they were when their address moves to another domain', async () => {
    await signIn(sent('m2', 'eve@example.com'));
    expect((await signIn(sent('m2', 'eve@outside.test'))).get('error')).toBe('access_denied');
    expect((await findPerson(deployment.identity, personId('okta', 'm2')))?.email).toBe('eve@example.com');
  });

  it('cannot come in by an account at the pool itself, whatever its address', async () => {
    const made = { sub: 'made-by-hand', email: 'owner@example.com', email_verified: true };
    const answer = await signIn(made);
    expect(answer.get('error_description')).toContain('Sign in with okta');
    expect(deployment.records.at(-1)).toMatchObject({ status: 'failure', idp: 'cognito' });
  });
});
