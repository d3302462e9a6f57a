import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda';
import { CLI_CLIENT_ID } from '../../lambdas/shared/origin.ts';
import { Browser, type Service } from './browser.ts';
import {
  authorizationRequest,
  authorize,
  connect,
  ORIGIN,
  postForm,
  register,
  startDeployment,
  type TestDeployment,
} from './deployment.ts';

let deployment: TestDeployment;
let clientId: string;
const context = {} as Context;

beforeAll(async () => {
  deployment = await startDeployment();
  Object.assign(process.env, {
    SALLYPORT_ORIGIN: ORIGIN,
    DEPLOYMENT_NAME: 'Example Sallyport',
    PORTAL_ID: 'main',
    IDENTITY_TABLE: deployment.identity.name,
    VAULT_TABLE: deployment.vault.name,
    VAULT_KEY_ARN: deployment.options.vaultKeyArn,
    POLICIES_TABLE: deployment.tableName('policies'),
    SNAPSHOT_BUCKET: deployment.bucket,
    AUDIT_TABLE: deployment.tableName('audit'),
    PAYLOADS_TABLE: deployment.tableName('payloads'),
    AUDIT_RETENTION_DAYS: '30',
    IDP_ISSUER: deployment.idp.issuer,
    IDP_CLIENT_ID: deployment.idp.clientId,
    IDP_NAME: 'cognito',
    ALLOWED_REDIRECT_URIS: '[]',
  });
  clientId = await register(deployment.service);
});
afterAll(() => deployment.close());

describe('the authorizer', () => {
  const METHOD_ARN = 'arn:aws:execute-api:eu-central-1:123456789012:api/live/POST/mcp';
  const ask = async (headers: Record<string, string>) => {
    const { handler } = await import('../../lambdas/access/authorizer.lambda.ts');
    return handler(
      { methodArn: METHOD_ARN, headers } as unknown as APIGatewayRequestAuthorizerEvent,
      context,
    );
  };

  it('lets a connected application in, for every method since its answer is cached', async () => {
    const { access_token } = await connect(deployment, clientId);
    for (const name of ['Authorization', 'authorization'])
      await expect(ask({ [name]: `Bearer ${access_token}` })).resolves.toMatchObject({
        principalId: expect.stringMatching(/^p_/),
        policyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: 'execute-api:Invoke',
              Resource: 'arn:aws:execute-api:eu-central-1:123456789012:api/live/*',
            },
          ],
        },
      });
  });

  it('answers exactly Unauthorized to anything else', async () => {
    const admin = await connect(deployment, CLI_CLIENT_ID);
    const revoked = await connect(deployment, clientId);
    await postForm(deployment.service, '/oauth/revoke', {
      client_id: clientId,
      token: revoked.refresh_token,
    });
    for (const authorization of [
      '',
      'Bearer',
      'Bearer nonsense',
      `Basic ${admin.access_token}`,
      `Bearer ${admin.access_token}`,
      `Bearer ${revoked.access_token}`,
      `Bearer ${revoked.refresh_token}`,
    ])
      await expect(ask({ authorization })).rejects.toThrow(/^Unauthorized$/);
    await expect(ask({})).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the OAuth function', () => {
  const handle: Service = async (request) => {
    const { handler } = await import('../../lambdas/access/oauth.lambda.ts');
    const event = {
      httpMethod: request.method,
      path: request.path,
      multiValueHeaders: Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, [v]])),
      multiValueQueryStringParameters: Object.fromEntries([...request.query].map(([k, v]) => [k, [v]])),
      body: request.body,
      isBase64Encoded: false,
      requestContext: { identity: { sourceIp: request.sourceIp }, requestId: request.requestId },
    } as unknown as APIGatewayProxyEvent;
    const result = await handler(event, context);
    const cookies = result.multiValueHeaders?.['Set-Cookie'];
    return {
      status: result.statusCode,
      headers: Object.fromEntries(Object.entries(result.headers ?? {}).map(([k, v]) => [k, String(v)])),
      ...(cookies ? { cookies: cookies.map(String) } : {}),
      body: result.body,
    };
  };

  it('shares keys with every other instance and serves a whole sign-in from API Gateway events', async () => {
    const tokens = await connect(
      { ...deployment, browser: () => new Browser(handle, ORIGIN), service: handle },
      CLI_CLIENT_ID,
    );
    expect(tokens).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
    const { refresh_token } = tokens;
    const form = { grant_type: 'refresh_token', client_id: CLI_CLIENT_ID, refresh_token };
    expect((await postForm(deployment.service, '/oauth/token', form)).status).toBe(200);
  });

  it('admits nobody to a portal without a published snapshot', async () => {
    const request = authorizationRequest(clientId);
    const refused = await authorize(new Browser(handle, ORIGIN), request);
    expect(refused.get('error_description')).toContain('not set up yet');
  });
});
