import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CLI_CLIENT_ID } from '../../lambdas/shared/origin.ts';
import {
  authorizationRequest,
  authorize,
  connect,
  ORIGIN,
  refresh,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';
import { ALICE, BOB, CAROL } from './identity-provider.ts';

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment.close());
beforeEach(() => {
  deployment.idp.next = ALICE;
  deployment.records.length = 0;
});

describe('the portal decides who may connect', () => {
  it('refuses a person whom no policy allows, with the reason, and tells the application', async () => {
    deployment.idp.next = CAROL;
    const request = authorizationRequest(await register(deployment.service));
    const answer = await authorize(deployment.browser(), request);
    expect(answer.get('error')).toBe('access_denied');
    expect(answer.get('error_description')).toContain('No policy of this portal allows you');
    expect(answer.get('iss')).toBe(ORIGIN);
    expect(answer.get('state')).toBe('the-state');
    expect(answer.has('code')).toBe(false);
    expect(deployment.records.at(-1)).toMatchObject({
      activity: 'sign-in',
      status: 'failure',
      reason: expect.stringContaining('default deny'),
      actor: { person: { email: 'carol@outside.test' } },
    });
  });

  it('names the policy that blocks, and ends the session so that somebody else can sign in', async () => {
    const block = {
      action: 'block' as const,
      include: [{ email: 'bob@example.com' }],
      require: [],
      exclude: [],
    };
    deployment.setPolicies([
      { id: 'no-bob', spec: block },
      { id: 'all', spec: { ...block, action: 'allow', include: [{ everyone: true }] } },
    ]);
    deployment.idp.next = BOB;
    const browser = deployment.browser();
    const request = authorizationRequest(await register(deployment.service));
    expect((await authorize(browser, request)).get('error_description')).toContain("policy 'no-bob'");
    deployment.idp.next = ALICE;
    expect((await authorize(browser, request)).get('code')).toEqual(expect.any(String));
  });

  it('refuses everybody before a configuration was applied, except at the admin API', async () => {
    deployment.setPolicies(undefined);
    const request = authorizationRequest(await register(deployment.service));
    expect((await authorize(deployment.browser(), request)).get('error_description')).toContain(
      'not set up yet',
    );
    expect(await connect(deployment, CLI_CLIENT_ID)).toHaveProperty('access_token');
  });

  it('asks the policies again at every refresh', async () => {
    const everyone = {
      action: 'allow' as const,
      include: [{ everyone: true as const }],
      require: [],
      exclude: [],
    };
    deployment.setPolicies([{ id: 'all', spec: everyone }]);
    const clientId = await register(deployment.service);
    const tokens = await connect(deployment, clientId);
    deployment.setPolicies([{ id: 'nobody', spec: { ...everyone, action: 'block' } }]);
    const answer = await refresh(deployment.service, clientId, tokens.refresh_token);
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(deployment.records.at(-1)).toMatchObject({ activity: 'token', status: 'failure' });
    deployment.setPolicies([{ id: 'all', spec: everyone }]);
  });
});
