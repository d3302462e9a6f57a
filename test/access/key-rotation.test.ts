import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import { KeyRingStore } from '../../lambdas/access/keys/key-ring-store.ts';
import { rotateSigningKey } from '../../lambdas/access/keys/rotate-signing-key.ts';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { createTokenVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { Browser, formPost, httpRequest, type Service } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  backToClient,
  connect,
  consentForm,
  ORIGIN,
  refresh,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';

const DAY = 24 * 60 * 60;
let deployment: TestDeployment;
let service: Service;
let clientId: string;
/** The provider's clock, in ms: it looks for other keys by it. */
let clock = Date.now();
beforeAll(async () => {
  deployment = await startDeployment();
  service = createOAuthService({ ...deployment.options, clock: () => clock });
  clientId = await register(service);
});
afterAll(() => deployment.close());

let rotations = 0;
/** Rotates as time goes by: the next key is made, and an hour later it signs. */
async function rotate(immediately = false): Promise<void> {
  rotations += 1;
  const due = Math.floor(Date.now() / 1000) + rotations * 31 * DAY;
  const store = new KeyRingStore(deployment.options);
  const rotation = { store, audit: deployment.options.audit, everyDays: 30, immediately };
  await rotateSigningKey({ ...rotation, now: due });
  if (!immediately) await rotateSigningKey({ ...rotation, now: due + 3_600 });
}
const noticed = () => {
  clock += 60_000;
};
const browser = () => new Browser(service, ORIGIN);
const connected = () => connect({ ...deployment, service, browser }, clientId);
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const publishedKids = async () => {
  const { body } = await service(httpRequest(`${ORIGIN}/oauth/jwks`));
  return JSON.parse(body ?? '').keys.map(({ kid }: { kid: string }) => kid);
};
const verifier = () =>
  createTokenVerifier({ origin: ORIGIN, audience: `${ORIGIN}/mcp`, identity: deployment.identity });

describe('a provider that is running while keys are rotated', () => {
  it('signs with the new key within a minute, and tokens of the old one stay good', async () => {
    const before = await connected();
    await rotate();
    const between = await refresh(service, clientId, before.refresh_token);
    expect(kidOf(between.body.access_token)).toBe(kidOf(before.access_token));
    noticed();
    const after = await refresh(service, clientId, between.body.refresh_token);
    expect(kidOf(after.body.access_token)).not.toBe(kidOf(before.access_token));
    for (const token of [before.access_token, after.body.access_token]) {
      await expect(verifier().verify(token)).resolves.toMatchObject({ clientId });
      expect(await publishedKids()).toContain(kidOf(token));
    }
  });

  it('keeps browsers signed in, and lets a sign-in go on that was under way', async () => {
    const person = browser();
    await authorize(person, authorizationRequest(clientId));
    const request = authorizationRequest(clientId, { prompt: 'consent' });
    const consent = await person.visit(request.url, {}, backToClient(request));
    await rotate();
    noticed();
    const { action, csrf } = consentForm(consent);
    const done = await person.visit(action, formPost({ csrf, decision: 'allow' }), backToClient(request));
    expect(done.url.searchParams.get('code')).toBeTruthy();
    const asked = deployment.idp.requests.length;
    await authorize(person, authorizationRequest(clientId));
    expect(deployment.idp.requests.length).toBe(asked);
  });

  it('refuses what a withdrawn key signed, while refresh tokens go on', async () => {
    const before = await connected();
    const person = browser();
    await authorize(person, authorizationRequest(clientId));
    await rotate(true);
    noticed();
    await expect(verifier().verify(before.access_token)).rejects.toMatchObject({ code: 'invalid_token' });
    const after = await refresh(service, clientId, before.refresh_token);
    await expect(verifier().verify(after.body.access_token)).resolves.toMatchObject({ clientId });
    expect(await publishedKids()).toEqual([kidOf(after.body.access_token)]);
    const asked = deployment.idp.requests.length;
    await authorize(person, authorizationRequest(clientId));
    expect(deployment.idp.requests.length).toBe(asked + 1);
    expect(deployment.records.filter(({ activity }) => activity === 'key-rotation')).toHaveLength(3);
  });
});
