import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { personId } from '../../lambdas/access/sessions/person.ts';
import { httpRequest } from '../access/browser.ts';
import {
  type AuthorizationRequest,
  authorizationRequest,
  authorize,
  ORIGIN,
  redeem,
  refresh,
  register,
  startDeployment,
  type TestDeployment,
} from '../access/deployment.ts';

const PEOPLE = 200;

let deployment: TestDeployment;
beforeAll(async () => {
  deployment = await startDeployment();
  deployment.idp.next = (request) => {
    const name = request.get('login_hint') ?? '';
    return { sub: `sub-${name}`, email: `${name}@example.com`, email_verified: true, name };
  };
});
afterAll(() => deployment.close());

async function whoIs(accessToken: string): Promise<unknown> {
  const headers = { authorization: `Bearer ${accessToken}` };
  const answer = await deployment.service(httpRequest(`${ORIGIN}/oauth/userinfo`, { headers }));
  return JSON.parse(answer.body ?? '{}');
}

/** On a slow machine the identity provider, in this very process, may answer too late: that is a new try. */
async function signIn(request: AuthorizationRequest): Promise<URLSearchParams> {
  const answer = await authorize(deployment.browser(), request);
  return answer.get('error') === 'temporarily_unavailable' ? signIn(request) : answer;
}

it('two hundred people who sign in at the same time each get a token of their own and of nobody else', async () => {
  const clientId = await register(deployment.service);
  const connections = await Promise.all(
    Array.from({ length: PEOPLE }, async (_, index) => {
      const name = `person-${index}`;
      const request = authorizationRequest(clientId, { login_hint: name, scope: 'openid email mcp' });
      const answer = await signIn(request);
      const { body } = await redeem(deployment.service, clientId, request, answer.get('code') ?? '');
      const renewed = await refresh(deployment.service, clientId, body.refresh_token);
      return { name, first: decodeJwt(body.access_token), token: String(renewed.body.access_token) };
    }),
  );
  for (const { name, first, token } of connections) {
    const sub = personId('cognito', `sub-${name}`);
    expect([first.sub, decodeJwt(token).sub]).toEqual([sub, sub]);
    expect(decodeJwt(token).sid).toBe(first.sid);
    expect(await whoIs(token)).toMatchObject({ sub, email: `${name}@example.com` });
  }
  for (const claim of ['sid', 'gid', 'jti'])
    expect(new Set(connections.map(({ first }) => first[claim])).size).toBe(PEOPLE);
});
