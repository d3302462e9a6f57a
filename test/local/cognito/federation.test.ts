import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CookieJar } from 'tough-cookie';
import { IdentityProvider, newProof } from '../../../lambdas/access/sign-in/identity-provider.ts';
import { PEOPLE, withInvited } from '../../../local/cognito/people.ts';
import { type RunningCognito, startCognito } from '../../../local/cognito/start-cognito.ts';

const CALLBACK = 'http://127.0.0.1:20999/oauth/callback';
const POOL = 'us-east-1_People';

let dataFolder: string;
let cognito: RunningCognito;
beforeAll(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'sallyport-federation-'));
  cognito = await startCognito({
    port: 0,
    poolId: POOL,
    clientId: 'provider',
    callbackUrls: [CALLBACK],
    people: withInvited(PEOPLE, ['dana@example.com', 'erin@example.com']),
    providers: [
      { name: 'okta', type: 'OIDC', saysVerified: true },
      { name: 'entra', type: 'SAML', saysVerified: false },
    ],
    native: false,
    dataFolder,
  });
});
afterAll(async () => {
  await cognito.close();
  await rm(dataFolder, { recursive: true });
});

/** Begins a sign-in as the functions do; the returned step finishes it. */
async function begin(behind?: string) {
  const jar = new CookieJar();
  const open = async (url: string, form?: Record<string, string>): Promise<{ url: string; text: string }> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: await jar.getCookieString(url) },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url);
    const next = new URL(response.headers.get('location') ?? url, url).href;
    if (next === url) return { url, text: await response.text() };
    return next.startsWith(cognito.issuer) ? open(next) : { url: next, text: '' };
  };
  const pool = new IdentityProvider({
    issuer: cognito.issuer,
    clientId: 'provider',
    redirectUri: CALLBACK,
    ...(behind ? { behind } : {}),
  });
  const proof = newProof();
  const page = await open(await pool.authorizationUrl(proof, { again: false, loginHint: undefined }));
  return {
    page: page.text,
    choose: async (person: string) => {
      const back = await open(page.url, { person });
      return back.text === '' ? pool.redeem(new URL(back.url).searchParams, proof) : back.text;
    },
  };
}

describe('the embedded user pool with identity providers', () => {
  it('offers these, and nobody an account at the pool itself', async () => {
    const { page, choose } = await begin();
    expect(page).toContain('value="okta/alice"');
    expect(page).toContain('value="entra/erin@example.com"');
    expect(page).not.toContain('value="alice"');
    expect(await choose('alice')).toMatch(/nobody of that name/);
  });

  it('shows the page of the provider that is asked for, and its people alone', async () => {
    const { page, choose } = await begin('entra');
    expect(page).not.toContain('okta');
    expect(await choose('okta/alice')).toMatch(/nobody of that name/);
  });

  it('says in the token, as Cognito does, who sent a person, and that nobody verified the address', async () => {
    const [alice] = PEOPLE;
    const claims = await (await begin()).choose('entra/alice');
    expect(claims).toMatchObject({
      sub: expect.not.stringMatching(alice?.sub ?? ''),
      email: 'alice@example.com',
      email_verified: false,
      'cognito:username': `entra_${alice?.sub}`,
      'cognito:groups': [`${POOL}_entra`],
      identities: [{ userId: alice?.sub, providerName: 'entra', providerType: 'SAML', primary: 'true' }],
    });
  });

  it('passes on what a provider says about the address where that is mapped', async () => {
    expect(await (await begin('okta')).choose('okta/bob')).toMatchObject({
      email_verified: true,
      identities: [{ providerName: 'okta', providerType: 'OIDC' }],
    });
  });
});
