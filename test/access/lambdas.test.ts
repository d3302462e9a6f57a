import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent, Context } from 'aws-lambda';
import { JWKS_KEY } from '../../lambdas/access/keys/public-keys.ts';
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
import { startProving } from './dpop-client.ts';

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
    IDENTITY_PROVIDERS: '[]',
    ALLOWED_REDIRECT_URIS: '[]',
    OUTGOING_NETWORKS: '[]',
    IDENTITY_ASSERTION_ISSUERS: '[]',
    DEVICE_CODE: 'false',
    SIGNING_KEY_ROTATION_DAYS: '30',
  });
  clientId = await register(deployment.service);
});
afterAll(() => deployment.close());

const METHOD_ARN = 'arn:aws:execute-api:eu-central-1:123456789012:api/live/POST/mcp';
async function askAuthorizer(headers: Record<string, string>) {
  const { handler } = await import('../../lambdas/access/authorizer.lambda.ts');
  return handler({ methodArn: METHOD_ARN, headers } as unknown as APIGatewayRequestAuthorizerEvent, context);
}

describe('the authorizer', () => {
  it('lets a connected application in, for every method since its answer is cached', async () => {
    const { access_token } = await connect(deployment, clientId);
    for (const name of ['Authorization', 'authorization'])
      await expect(askAuthorizer({ [name]: `Bearer ${access_token}` })).resolves.toMatchObject({
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
      await expect(askAuthorizer({ authorization })).rejects.toThrow(/^Unauthorized$/);
    await expect(askAuthorizer({})).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the authorizer and a token that is bound to a key', () => {
  it('lets it in by its scheme, and leaves the proof to whoever is not remembered', async () => {
    const holder = await startProving();
    const request = authorizationRequest(clientId);
    const code = (await authorize(deployment.browser(), request)).get('code') ?? '';
    const form = {
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      redirect_uri: request.redirectUri,
      code_verifier: request.verifier,
    };
    const dpop = await holder.proof('POST', `${ORIGIN}/oauth/token`);
    const { body } = await postForm(deployment.service, '/oauth/token', form, { dpop });
    const { access_token: unbound } = await connect(deployment, clientId);
    await expect(askAuthorizer({ authorization: `DPoP ${body.access_token}` })).resolves.toMatchObject({
      principalId: expect.stringMatching(/^p_/),
    });
    for (const authorization of [`Bearer ${body.access_token}`, `DPoP ${unbound}`])
      await expect(askAuthorizer({ authorization })).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('the maintenance function', () => {
  const run = async (event: object) => {
    const { handler } = await import('../../lambdas/access/maintenance.lambda.ts');
    return handler(event as Parameters<typeof handler>[0], context);
  };
  const job = (body: object) => ({ Records: [{ messageId: 'm1', body: JSON.stringify(body) }] });
  const publishedKids = async () => {
    const item = await deployment.identity.get(JWKS_KEY);
    return Array.isArray(item?.keys) ? item.keys.map(({ kid }) => kid) : [];
  };

  it('leaves young keys alone, and reports jobs that are not its own as failed', async () => {
    const before = await publishedKids();
    const done = { batchItemFailures: [] };
    expect(await run(job({ job: 'rotate-signing-key' }))).toEqual(done);
    expect(await run(job({ job: 'expire-held-clients' }))).toEqual(done);
    expect(await publishedKids()).toEqual(before);
    for (const foreign of [
      { job: 'sweep-intents' },
      { job: 'unknown' },
      { job: 'rotate-signing-key', now: true },
    ])
      expect(await run(job(foreign))).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(await publishedKids()).toEqual(before);
  });

  it('withdraws all keys at once when it is told to', async () => {
    const before = await publishedKids();
    await run({ job: 'rotate-signing-key', now: true });
    const [after, ...others] = await publishedKids();
    expect([before, others]).toEqual([expect.not.arrayContaining([after]), []]);
    await expect(run({ job: 'rotate-signing-key' })).rejects.toThrow();
    expect(await publishedKids()).toEqual([after]);
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
