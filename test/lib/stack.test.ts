import { describe, expect, it } from '@jest/globals';
import { resourcesOf, template } from './template.ts';

const production = template();

/** An address at the public origin, which is the distribution's. */
const atOrigin = (before: string, after: string) => ({
  'Fn::Join': [
    '',
    [
      `${before}https://`,
      { 'Fn::GetAtt': [expect.stringContaining('FrontDoorDistribution'), 'DomainName'] },
      after,
    ],
  ],
});

describe('the stack', () => {
  it('runs every function on nodejs24.x and arm64, with a log group that forgets', () => {
    const functions = resourcesOf(production, 'AWS::Lambda::Function');
    for (const [, { Properties }] of functions) {
      expect(Properties).toMatchObject({ Runtime: 'nodejs24.x', Architectures: ['arm64'] });
      expect(Properties.LoggingConfig).toMatchObject({ LogGroup: expect.anything() });
    }
    for (const [, { Properties }] of resourcesOf(production, 'AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBe(30);
    }
  });

  it('streams the MCP route, behind the authorizer, and nothing else', () => {
    const methods = resourcesOf(production, 'AWS::ApiGateway::Method').map(([, method]) => method.Properties);
    const streamed = methods.filter((m) => JSON.stringify(m).includes('response-streaming-invocations'));
    expect(streamed).toHaveLength(1);
    expect(streamed[0]).toMatchObject({
      HttpMethod: 'POST',
      AuthorizationType: 'CUSTOM',
      Integration: { ResponseTransferMode: 'STREAM', TimeoutInMillis: 300_000 },
    });
    expect(methods.filter((m) => m.AuthorizationType === 'CUSTOM')).toHaveLength(1);
  });

  it('gives every method of sign-in a throttle of its own, under that of the MCP route', () => {
    const [[, stage] = []] = resourcesOf(production, 'AWS::ApiGateway::Stage');
    const settings = stage?.Properties.MethodSettings as Record<string, unknown>[];
    const rateOf = new Map(
      settings.map((s) => [
        `${String(s.HttpMethod)} ${String(s.ResourcePath)}`,
        Number(s.ThrottlingRateLimit),
      ]),
    );
    for (const path of ['/~1oauth~1{proxy+}', '/~1.well-known~1{proxy+}'])
      for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST'])
        expect(rateOf.get(`${method} ${path}`)).toBeLessThan(rateOf.get('* /*') ?? 0);
    const methods = resourcesOf(production, 'AWS::ApiGateway::Method').map(([, method]) => method.Properties);
    const oauth = methods.filter((method) => JSON.stringify(method.Integration).includes('Oauth'));
    expect(oauth.map((method) => method.HttpMethod)).not.toContain('ANY');
  });

  it('caches the authorizer by the Authorization header for 60 s', () => {
    production.hasResourceProperties('AWS::ApiGateway::Authorizer', {
      Type: 'REQUEST',
      IdentitySource: 'method.request.header.Authorization',
      AuthorizerResultTtlInSeconds: 60,
    });
  });

  it('answers a missing or bad token with the challenge, built from the public origin', () => {
    const responses = resourcesOf(production, 'AWS::ApiGateway::GatewayResponse');
    const challenge = responses.find(([, { Properties }]) => Properties.ResponseType === 'UNAUTHORIZED');
    expect(challenge?.[1].Properties).toMatchObject({
      StatusCode: '401',
      ResponseParameters: {
        'gatewayresponse.header.WWW-Authenticate': atOrigin(
          '\'Bearer error="invalid_token", resource_metadata="',
          '/.well-known/oauth-protected-resource/mcp", scope="mcp"\'',
        ),
      },
    });
  });

  it('keeps people from signing themselves up, and from changing attributes with their token', () => {
    production.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
    });
    const [[, client] = []] = resourcesOf(production, 'AWS::Cognito::UserPoolClient');
    expect(client?.Properties).toMatchObject({
      GenerateSecret: false,
      PreventUserExistenceErrors: 'ENABLED',
      AllowedOAuthFlows: ['code'],
      AllowedOAuthScopes: ['openid', 'email', 'profile'],
      CallbackURLs: [atOrigin('', '/oauth/callback')],
    });
    expect(JSON.stringify(client)).not.toContain('aws.cognito.signin.user.admin');
  });

  it('encrypts every table with a customer-managed key and keeps no recovery copy of the vault', () => {
    const tables = resourcesOf(production, 'AWS::DynamoDB::Table');
    expect(tables).toHaveLength(6);
    for (const [id, { Properties }] of tables) {
      expect(Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: !id.includes('TablesVault') },
      });
    }
  });

  it('puts payloads and secrets under keys of their own', () => {
    const keyOf = (table: string) => {
      const found = resourcesOf(production, 'AWS::DynamoDB::Table').find(([id]) =>
        id.includes(`Tables${table}`),
      );
      const properties = found?.[1].Properties as
        | { SSESpecification?: { KMSMasterKeyId?: unknown } }
        | undefined;
      return JSON.stringify(properties?.SSESpecification?.KMSMasterKeyId);
    };
    expect(new Set(['Audit', 'Vault', 'Payloads'].map(keyOf)).size).toBe(3);
  });

  it('lets no function of production out to another network than the internet, the embedded ones to loopback', () => {
    const networks = (name: string) =>
      resourcesOf(template(name), 'AWS::Lambda::Function').flatMap(([, { Properties }]) => {
        const { Environment } = Properties as { Environment?: { Variables?: Record<string, unknown> } };
        const excepted = Environment?.Variables?.OUTGOING_NETWORKS;
        return excepted === undefined ? [] : [excepted];
      });
    expect(networks('production').length).toBeGreaterThanOrEqual(3);
    expect(new Set(networks('production'))).toEqual(new Set(['[]']));
    expect(new Set(networks('embedded'))).toEqual(new Set(['["127.0.0.0/8","::1/128"]']));
  });

  it('gives the embedded environment the same resources as production', () => {
    const shape = (name: string) =>
      Object.entries(template(name).toJSON().Resources as Record<string, { Type: string }>)
        // Ids of deployments, versions and invited owners hold what differs: their content.
        .map(([id, { Type }]) => `${Type} ${id.replace(/(Deployment|CurrentVersion|Owners).*/, '$1')}`)
        .sort();
    expect(shape('embedded')).toEqual(shape('production'));
  });
});
