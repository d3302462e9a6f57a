import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bearerAuthorizer, ECHO, type RunningGateway, runGateway } from './running-gateway.ts';

const AUTHORIZER = `
  let count = 0;
  const answers = {
    alice: (event) => ({
      principalId: 'alice',
      policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: event.methodArn }] },
      context: { count: ++count, type: event.type, path: event.path, admin: false },
    }),
    denied: () => ({
      principalId: 'denied',
      policyDocument: { Version: '2012-10-17', Statement: [
        { Action: 'execute-api:*', Effect: 'Allow', Resource: '*' }, { Action: 'execute-api:Invoke', Effect: 'Deny', Resource: '*' } ] },
    }),
    silent: () => ({ principalId: 'silent', policyDocument: { Version: '2012-10-17', Statement: [] } }),
    nested: (event) => ({ ...answers.alice(event), context: { nested: {} } }),
    broken: () => { throw new Error('unauthorized'); },
    garbage: () => 'yes',
  };
  export const handler = async (event) => {
    const answer = answers[event.headers.authorization ?? event.headers.Authorization];
    if (!answer) throw new Error('Unauthorized');
    return answer(event);
  };`;

let gateway: RunningGateway;
beforeAll(async () => {
  const authorizer = bearerAuthorizer('authorizer');
  gateway = await runGateway(
    { authorizer: AUTHORIZER, echo: ECHO },
    {
      'GET /guarded': { functionName: 'echo', authorizer },
      'GET /other': { functionName: 'echo', authorizer },
    },
    {
      gatewayResponses: [
        {
          responseType: 'UNAUTHORIZED',
          statusCode: 401,
          parameters: { 'gatewayresponse.header.WWW-Authenticate': `'Bearer error="invalid_token"'` },
          templates: {},
        },
      ],
    },
  );
});
afterAll(async () => gateway[Symbol.asyncDispose]());

const ask = (authorization?: string, path = '/guarded') =>
  gateway.fetch(path, authorization === undefined ? {} : { headers: { authorization } });
const contextOf = async (response: Response): Promise<unknown> =>
  JSON.parse(await response.text()).requestContext.authorizer;

describe('a REQUEST authorizer', () => {
  it('lets a request through with its context', async () => {
    const response = await ask('alice');
    expect(response.status).toBe(200);
    expect(await contextOf(response)).toMatchObject({
      principalId: 'alice',
      type: 'REQUEST',
      path: '/guarded',
      admin: false,
    });
  });

  it('is not asked again for the same identity while its answer is cached', async () => {
    const first = await contextOf(await ask('alice'));
    expect(await contextOf(await ask('alice'))).toEqual(first);
  });

  it('has its cached policy applied to every other method: one that does not name it is denied', async () => {
    await ask('alice');
    expect((await ask('alice', '/other')).status).toBe(403);
  });

  it('is not asked when the identity source is missing or empty, and the challenge keeps its name', async () => {
    for (const response of [await ask(), await ask('')]) {
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
      expect(await response.json()).toEqual({ message: 'Unauthorized' });
    }
  });

  it('that throws exactly Unauthorized gives a 401, every time anew', async () => {
    expect((await ask('nobody')).status).toBe(401);
    expect((await ask('nobody')).status).toBe(401);
  });

  it.each(['denied', 'silent'])('whose policy does not allow gives a 403: %s', async (who) => {
    const response = await ask(who);
    expect(response.status).toBe(403);
    expect(response.headers.get('x-amzn-errortype')).toBe('AccessDeniedException');
  });

  it.each(['broken', 'garbage', 'nested'])('that fails in any other way gives a 500: %s', async (who) => {
    const response = await ask(who);
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual({ message: null });
  });
});
