import { beforeAll, describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { App, Stack } from 'aws-cdk-lib/core';
import {
  type Configuration,
  type EnvironmentConfiguration,
  readConfiguration,
} from '../../lib/configuration.ts';
import { FrontDoor } from '../../lib/front-door.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import { type Resource, resourcesOf, statements, template } from './template.ts';

type Choices = Partial<Configuration['environments'][string]>;

function configurationWith(choices: Choices): EnvironmentConfiguration {
  const base = { name: 'Custom', owners: ['dana@example.com'], portals: ['default'] };
  return readConfiguration({ environments: { custom: { ...base, ...choices } } }, 'custom');
}

const app = () => new App({ builtinCloudFormationValidation: false });

function templateWith(choices: Choices): Template {
  return Template.fromStack(new SallyportStack(app(), 'Custom', configurationWith(choices)));
}

/** The front door with nothing behind it. */
function doorWith(choices: Choices): Template {
  const stack = new Stack(app(), 'Door');
  const door = new FrontDoor(stack, 'FrontDoor', configurationWith(choices), RetentionDays.ONE_MONTH);
  door.api.root.addMethod('GET');
  return Template.fromStack(stack);
}

/** The only resource of a type. */
function only(from: Template, type: string): Resource {
  const found = resourcesOf(from, type);
  expect(found).toHaveLength(1);
  const [[, resource] = []] = found;
  if (!resource) throw new Error(`There is no ${type}.`);
  return resource;
}

interface Rule {
  Name: string;
  Priority: number;
  Action?: { Block?: { CustomResponse: { ResponseCode: number } } };
  OverrideAction?: object;
  Statement: Record<string, unknown>;
  VisibilityConfig: { SampledRequestsEnabled: boolean };
}
const rulesOf = (from: Template): Rule[] => only(from, 'AWS::WAFv2::WebACL').Properties.Rules as Rule[];
function ruleOf(from: Template, name: string): Rule {
  const rule = rulesOf(from).find(({ Name }) => Name === name);
  if (!rule) throw new Error(`The firewall has no rule ${name}.`);
  return rule;
}

const DOMAIN = { name: 'ai.example.com', certificateArn: 'arn:aws:acm:eu-west-1:111122223333:certificate/c' };
const behindDistribution = template();
let behindDomain: Template;
let rotated: Template;
beforeAll(() => {
  behindDomain = templateWith({
    domain: { name: 'ai.example.com', hostedZone: { id: 'Z0123456789', name: 'example.com' } },
    firewall: { unlimitedNetworks: ['203.0.113.0/24', '2001:db8::/32'] },
  });
  rotated = doorWith({ firewall: { originSecretRevision: 2, unlimitedNetworks: [] } });
});

const REFERENCE = /\{\{resolve:secretsmanager:.*:SecretString::(AWS\w+):\}\}/;

describe('the distribution', () => {
  interface Config {
    DefaultCacheBehavior: Record<string, unknown>;
    Origins: { OriginCustomHeaders: { HeaderName: string; HeaderValue: unknown }[] }[];
  }
  const configOf = (from: Template) =>
    only(from, 'AWS::CloudFront::Distribution').Properties.DistributionConfig as Config;

  it('caches nothing and passes on every header, over TLS alone', () => {
    expect(configOf(behindDistribution)).toMatchObject({
      DefaultCacheBehavior: {
        // AWS's managed policy CachingDisabled.
        CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
        ViewerProtocolPolicy: 'https-only',
        AllowedMethods: expect.arrayContaining(['POST', 'DELETE', 'OPTIONS']),
      },
      Origins: [
        {
          OriginPath: '/main',
          CustomOriginConfig: { OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] },
        },
      ],
    });
  });

  it('sends the secret by reference: its value is in no template', () => {
    const OriginCustomHeaders = configOf(behindDistribution).Origins.flatMap(
      (each) => each.OriginCustomHeaders,
    );
    expect(OriginCustomHeaders.map(({ HeaderName }) => HeaderName)).toEqual(['x-sallyport-origin-secret']);
    expect(JSON.stringify(OriginCustomHeaders[0]?.HeaderValue)).toMatch(REFERENCE);
    expect(only(behindDistribution, 'AWS::SecretsManager::Secret').Properties).toMatchObject({
      GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
    });
    expect(only(behindDistribution, 'AWS::SecretsManager::Secret').Properties).not.toHaveProperty(
      'SecretString',
    );
  });

  it('is proven to all five functions that answer requests, and to no other', () => {
    const reading = statements(behindDistribution).filter((s) =>
      s.actions.some((action) => action.startsWith('secretsmanager:')),
    );
    const allowed = reading.map(({ role, actions }) => `${role.replace(/Role.*/, '')} ${actions.join()}`);
    expect(new Set(allowed)).toEqual(
      new Set(
        ['AccessAuthorizer', 'AccessOauth', 'AdminApi', 'ConsolePages', 'PortalRelay'].map(
          (role) => `${role} secretsmanager:GetSecretValue`,
        ),
      ),
    );
    const told = resourcesOf(behindDistribution, 'AWS::Lambda::Function').filter(([, f]) =>
      JSON.stringify(f.Properties.Environment).includes('ORIGIN_SECRET_ARN'),
    );
    expect(told).toHaveLength(5);
  });

  it('takes a new value with the next revision, after the firewall knows it beside the one before', () => {
    expect(JSON.stringify(configOf(rotated))).toContain('secret revision 2');
    const [[, distribution] = []] = resourcesOf(rotated, 'AWS::CloudFront::Distribution');
    const [[acl] = []] = resourcesOf(rotated, 'AWS::WAFv2::WebACL');
    expect(distribution).toMatchObject({ DependsOn: expect.arrayContaining([acl]) });
    const values = (from: Template) =>
      [...JSON.stringify(ruleOf(from, 'ThroughDistribution')).matchAll(/:SecretString::(\w+):/g)].map(
        ([, stage]) => stage,
      );
    expect([values(behindDistribution), values(rotated)]).toEqual([
      ['AWSCURRENT'],
      ['AWSCURRENT', 'AWSPREVIOUS'],
    ]);
  });
});

describe('the firewall', () => {
  it('stands on the stage, before the API', () => {
    expect(
      JSON.stringify(only(behindDistribution, 'AWS::WAFv2::WebACLAssociation').Properties.ResourceArn),
    ).toMatch(/apigateway.*\/restapis\/.*GatewayApi.*\/stages\/.*Stagemain/);
  });

  it('turns away whoever comes past the distribution before it counts by the viewer’s address', () => {
    const [first, second] = rulesOf(behindDistribution);
    expect([first?.Name, second?.Name]).toEqual(['ThroughDistribution', 'RequestRate']);
    expect(first?.Action?.Block?.CustomResponse.ResponseCode).toBe(403);
    expect(first?.Statement).toMatchObject({
      NotStatement: {
        Statement: {
          ByteMatchStatement: {
            FieldToMatch: { SingleHeader: { Name: 'x-sallyport-origin-secret' } },
            PositionalConstraint: 'EXACTLY',
            TextTransformations: [{ Priority: 0, Type: 'NONE' }],
          },
        },
      },
    });
    expect(second?.Statement.RateBasedStatement).toMatchObject({
      Limit: 20_000,
      AggregateKeyType: 'CUSTOM_KEYS',
      CustomKeys: [{ Header: { Name: 'x-sallyport-viewer-network' } }],
    });
  });

  it('counts by the connection’s address behind a domain, and asks for the address’s reputation', () => {
    expect(ruleOf(behindDomain, 'RequestRate').Statement.RateBasedStatement).toMatchObject({
      AggregateKeyType: 'IP',
    });
    expect(ruleOf(behindDomain, 'AddressReputation')).toMatchObject({
      OverrideAction: { None: {} },
      Statement: { ManagedRuleGroupStatement: { Name: 'AWSManagedRulesAmazonIpReputationList' } },
    });
  });

  it('does not limit networks that many people share, hosted clients’ among them', () => {
    const scope = (from: Template) =>
      (ruleOf(from, 'RequestRate').Statement.RateBasedStatement as { ScopeDownStatement?: object })
        .ScopeDownStatement;
    const sets = (from: Template) =>
      resourcesOf(from, 'AWS::WAFv2::IPSet').map(([, { Properties }]) => Properties.Addresses);
    expect(sets(behindDistribution)).toEqual([['160.79.104.0/21']]);
    expect(scope(behindDistribution)).toMatchObject({
      NotStatement: {
        Statement: {
          IPSetReferenceStatement: {
            IPSetForwardedIPConfig: {
              HeaderName: 'x-sallyport-viewer-address',
              FallbackBehavior: 'NO_MATCH',
            },
          },
        },
      },
    });
    expect(sets(behindDomain)).toEqual([['203.0.113.0/24'], ['2001:db8::/32']]);
    expect(JSON.stringify(scope(behindDomain))).not.toContain('ForwardedIP');
    expect([sets(rotated), scope(rotated)]).toEqual([[], undefined]);
  });

  it('does not turn away the hosts of programs, where vendors’ connectors call from', () => {
    for (const from of [behindDistribution, behindDomain])
      expect(JSON.stringify(rulesOf(from))).not.toContain('AnonymousIpList');
  });

  it('keeps no samples of requests, and no token, cookie, secret or query in its log', () => {
    for (const from of [behindDistribution, behindDomain]) {
      const { VisibilityConfig } = only(from, 'AWS::WAFv2::WebACL').Properties as unknown as Rule;
      for (const config of [VisibilityConfig, ...rulesOf(from).map((rule) => rule.VisibilityConfig)])
        expect(config.SampledRequestsEnabled).toBe(false);
      const { RedactedFields } = only(from, 'AWS::WAFv2::LoggingConfiguration').Properties;
      expect(RedactedFields).toEqual(
        expect.arrayContaining([
          { SingleHeader: { Name: 'authorization' } },
          { SingleHeader: { Name: 'cookie' } },
          { SingleHeader: { Name: 'x-sallyport-origin-secret' } },
          { QueryString: {} },
        ]),
      );
    }
    const logs = resourcesOf(behindDistribution, 'AWS::Logs::LogGroup').map(([, { Properties }]) =>
      String(Properties.LogGroupName),
    );
    expect(logs.filter((name) => name.startsWith('aws-waf-logs-'))).toHaveLength(1);
  });
});

describe('rules about what is in a request', () => {
  const MANAGED = ['CommonRuleSet', 'KnownBadInputsRuleSet'];
  /** Whether the firewall refuses a request to this path that AWS's rules have labelled. */
  function refuses(from: Template, path: string): boolean {
    const { AndStatement } = ruleOf(from, 'RequestContents').Statement as {
      AndStatement: { Statements: Record<string, Record<string, unknown>>[] };
    };
    const free = JSON.stringify(AndStatement.Statements[1]);
    const { RegexMatchStatement } = (AndStatement.Statements[1]?.NotStatement?.Statement ?? {}) as {
      RegexMatchStatement: { RegexString: string; FieldToMatch: object; TextTransformations: object[] };
    };
    expect(free).toMatch(/^\{"NotStatement":\{"Statement":\{"RegexMatchStatement"/);
    expect(RegexMatchStatement.FieldToMatch).toEqual({ UriPath: {} });
    expect(RegexMatchStatement.TextTransformations).toEqual([{ Priority: 0, Type: 'NONE' }]);
    return !new RegExp(RegexMatchStatement.RegexString).test(path);
  }

  it('only count by themselves', () => {
    for (const from of [behindDistribution, behindDomain])
      for (const name of MANAGED)
        expect(ruleOf(from, name)).toMatchObject({
          OverrideAction: { Count: {} },
          Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: `AWSManagedRules${name}` } },
        });
  });

  it('are the only ones besides the named that block', () => {
    for (const from of [behindDistribution, behindDomain]) {
      const blocking = rulesOf(from).filter(
        ({ OverrideAction }) => !OverrideAction || !('Count' in OverrideAction),
      );
      expect(blocking.map(({ Name }) => Name).slice(1)).toEqual(['RequestRate', 'RequestContents']);
    }
  });

  it.each([
    '/mcp',
    '/oauth/authorize',
    '/oauth/token',
    '/connect/hr/callback',
    '/api/v1/documents',
    '/.well-known/x',
  ])('never refuse a request to %s, with or without the stage before it', (path) => {
    for (const from of [behindDistribution, behindDomain])
      expect([refuses(from, path), refuses(from, `/main${path}`)]).toEqual([false, false]);
  });

  it.each(['/', '/console/sessions', '/console/x?/mcp', '/x/mcp', '/main/x/oauth/', '/OAUTH/token', '//mcp'])(
    'refuse what is labelled at %s',
    (path) => {
      expect(refuses(behindDistribution, path)).toBe(true);
    },
  );

  it('refuse what either of them labels', () => {
    const labels = JSON.stringify(ruleOf(behindDistribution, 'RequestContents').Statement);
    for (const key of ['core-rule-set', 'known-bad-inputs'])
      expect(labels).toContain(`{"Key":"awswaf:managed:aws:${key}:","Scope":"NAMESPACE"}`);
  });

  it('are judged in the order that makes labels before they are asked for', () => {
    for (const from of [behindDistribution, behindDomain]) {
      const priorities = rulesOf(from).map(({ Priority }) => Priority);
      expect(priorities).toEqual(priorities.map((_, index) => index));
      expect(rulesOf(from).at(-1)?.Name).toBe('RequestContents');
    }
  });
});

describe('a domain of one’s own', () => {
  it('is served by API Gateway at its root, and the API’s own host answers nothing', () => {
    expect(only(behindDomain, 'AWS::ApiGateway::RestApi').Properties.DisableExecuteApiEndpoint).toBe(true);
    expect(only(behindDomain, 'AWS::ApiGateway::DomainName').Properties).toMatchObject({
      DomainName: 'ai.example.com',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      SecurityPolicy: 'TLS_1_2',
    });
    expect(only(behindDomain, 'AWS::ApiGateway::BasePathMapping').Properties).not.toHaveProperty('BasePath');
    for (const type of ['AWS::CloudFront::Distribution', 'AWS::SecretsManager::Secret'])
      behindDomain.resourceCountIs(type, 0);
    expect(JSON.stringify(behindDomain)).not.toContain('ORIGIN_SECRET_ARN');
  });

  it('has a certificate made in its zone, and records for both kinds of addresses', () => {
    const zone = expect.stringContaining('Z0123456789');
    expect(only(behindDomain, 'AWS::CertificateManager::Certificate').Properties).toMatchObject({
      DomainName: 'ai.example.com',
      ValidationMethod: 'DNS',
      DomainValidationOptions: [{ DomainName: 'ai.example.com', HostedZoneId: zone }],
    });
    const records = resourcesOf(behindDomain, 'AWS::Route53::RecordSet').map(
      ([, { Properties }]) => Properties,
    );
    expect(records.map(({ Name, Type }) => `${String(Name)} ${String(Type)}`).toSorted()).toEqual([
      'ai.example.com. A',
      'ai.example.com. AAAA',
    ]);
  });

  it('takes a certificate that is there, and leaves records to others where it has no zone', () => {
    const given = doorWith({ domain: DOMAIN });
    expect(only(given, 'AWS::ApiGateway::DomainName').Properties.RegionalCertificateArn).toBe(
      DOMAIN.certificateArn,
    );
    given.resourceCountIs('AWS::CertificateManager::Certificate', 0);
    given.resourceCountIs('AWS::Route53::RecordSet', 0);
  });

  it('is what challenges and sign-ins name', () => {
    behindDomain.hasResourceProperties('AWS::ApiGateway::GatewayResponse', {
      ResponseType: 'UNAUTHORIZED',
      StatusCode: '401',
      ResponseParameters: {
        'gatewayresponse.header.WWW-Authenticate':
          '\'Bearer error="invalid_token", resource_metadata="https://ai.example.com/.well-known/oauth-protected-resource/mcp", scope="mcp"\'',
      },
    });
    behindDomain.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      CallbackURLs: ['https://ai.example.com/oauth/callback'],
    });
  });

  it('needs a certificate or a zone to make one in, and is no second name of another origin', () => {
    expect(() => configurationWith({ domain: { name: 'ai.example.com' } })).toThrow('hostedZone');
    expect(() => configurationWith({ domain: DOMAIN, origin: 'https://ai.example.com' })).toThrow(
      'leave one of the two out',
    );
  });
});
