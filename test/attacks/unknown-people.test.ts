import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { dynamodb } from '../../lambdas/shared/table.ts';
import {
  authorizationRequest,
  connect,
  postForm,
  register,
  startDeployment,
  type TestDeployment,
} from '../access/deployment.ts';

let deployment: TestDeployment;
let clientId: string;
let commands: string[] = [];
beforeAll(async () => {
  deployment = await startDeployment();
  clientId = await register(deployment.service);
  dynamodb.middlewareStack.add(
    (next, context) => (call) => {
      commands.push(String(context.commandName));
      return next(call);
    },
    { step: 'initialize', name: 'count' },
  );
});
afterAll(() => deployment.close());

/** What is asked of the table during an action: the work that its time depends on. */
async function workOf<Result>(action: () => Promise<Result>): Promise<{ work: string[]; result: Result }> {
  commands = [];
  const result = await action();
  return { work: commands, result };
}

describe('asking who exists', () => {
  it('by a login hint takes the same work and gets the same answer for somebody known and somebody unknown', async () => {
    await connect(deployment, clientId);
    const ask = async (hint: string) => {
      const { url } = authorizationRequest(clientId, { login_hint: hint });
      const browser = deployment.browser();
      const first = await browser.request(url);
      const second = await browser.request(new URL(first.headers.location ?? '', url));
      const location = new URL(second.headers.location ?? '');
      const shape = [...location.searchParams].map(([name, value]) => `${name} ${value.length > 0}`);
      return { statuses: [first.status, second.status], host: location.host, shape };
    };
    const known = await workOf(() => ask('alice@example.com'));
    expect(await workOf(() => ask('nobody@example.com'))).toEqual(known);
    expect(known.work.length).toBeGreaterThan(0);
  });

  it.each(['/oauth/introspect', '/oauth/revoke'])(
    'by somebody’s token at %s gets the answer that a made-up token gets',
    async (path) => {
      const { refresh_token: token } = await connect(deployment, clientId);
      const other = await register(deployment.service);
      const ask = (value: string) => postForm(deployment.service, path, { client_id: other, token: value });
      const [ofSomebody, madeUp] = [await ask(token), await ask(`${token.slice(0, -4)}AAAA`)];
      expect([ofSomebody.status, ofSomebody.body]).toEqual([madeUp.status, madeUp.body]);
    },
  );
});
