import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { App } from 'aws-cdk-lib/core';
import type { SallyportProps } from '../../lib/configuration.ts';
import { checkTruststore } from '../../lib/front-door/truststore.ts';
import { SallyportStack } from '../../lib/sallyport-stack.ts';
import { makeAuthority } from '../fixtures/certificates.ts';
import { resourcesOf, statements, template } from './template.ts';

const HOST = 'devices.example.com';
const certificateArn = 'arn:aws:acm:eu-west-1:111122223333:certificate/c';
const folder = mkdtempSync(join(tmpdir(), 'sallyport-truststore-'));
const authority = makeAuthority();
writeFileSync(join(folder, 'issuers.pem'), authority.certificate);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clientCertificates = { domain: { name: HOST, certificateArn }, truststore: 'issuers.pem' };
const base: SallyportProps = { name: 'Acme', owners: ['a@example.com'], portals: ['default'], folder };

function synthesized(more: Partial<SallyportProps>): { made: Template; outdir: string } {
  const app = new App({ builtinCloudFormationValidation: false, outdir: mkdtempSync(join(folder, 'out-')) });
  const stack = new SallyportStack(app, 'Acme', { ...base, clientCertificates, ...more });
  return { made: Template.fromStack(stack), outdir: app.outdir };
}

let behindDistribution: Template;
let outdir: string;
let behindDomain: Template;
beforeAll(() => {
  ({ made: behindDistribution, outdir } = synthesized({}));
  behindDomain = synthesized({ domain: { name: 'ai.example.com', certificateArn } }).made;
});

interface Rule {
  Name: string;
  Statement: object;
}
const rulesOf = (from: Template): Rule[] =>
  resourcesOf(from, 'AWS::WAFv2::WebACL').flatMap(([, { Properties }]) => Properties.Rules as Rule[]);
const textOf = (from: Template, name: string) =>
  JSON.stringify(rulesOf(from).find(({ Name }) => Name === name)?.Statement ?? 'no such rule');
const FOR_HOST = {
  ByteMatchStatement: {
    FieldToMatch: { SingleHeader: { Name: 'host' } },
    PositionalConstraint: 'EXACTLY',
    SearchString: HOST,
    TextTransformations: [{ Priority: 0, Type: 'LOWERCASE' }],
  },
};

describe('the hostname for client certificates', () => {
  it('is a domain of the API that asks for them, beside the distribution and beside a domain', () => {
    for (const from of [behindDistribution, behindDomain]) {
      const domains = resourcesOf(from, 'AWS::ApiGateway::DomainName');
      const [id, { Properties }] = domains.find(([, one]) => one.Properties.DomainName === HOST) ?? ['', {}];
      expect(Properties).toMatchObject({
        EndpointConfiguration: { Types: ['REGIONAL'] },
        SecurityPolicy: 'TLS_1_2',
        RegionalCertificateArn: certificateArn,
        MutualTlsAuthentication: { TruststoreUri: expect.anything() },
      });
      const mappings = resourcesOf(from, 'AWS::ApiGateway::BasePathMapping').map(([, one]) => one.Properties);
      expect(mappings).toContainEqual(expect.objectContaining({ DomainName: { Ref: id } }));
      for (const mapping of mappings) expect(mapping).not.toHaveProperty('BasePath');
      const asking = domains.filter(([, one]) => 'MutualTlsAuthentication' in one.Properties);
      expect(asking).toHaveLength(1);
    }
  });

  it('takes the issuers from an asset named by its content', () => {
    const [[, domain] = []] = resourcesOf(behindDistribution, 'AWS::ApiGateway::DomainName');
    const key = /\/([0-9a-f]{64}\.pem)"/.exec(
      JSON.stringify(domain?.Properties.MutualTlsAuthentication),
    )?.[1];
    expect(readFileSync(join(outdir, `asset.${key}`), 'utf8')).toBe(authority.certificate);
  });

  it('is told to all five functions that answer requests, by the template alone', () => {
    const told = (from: Template) =>
      resourcesOf(from, 'AWS::Lambda::Function')
        .map(
          ([, { Properties }]) => (Properties.Environment as { Variables: Record<string, string> }).Variables,
        )
        .filter(({ CERTIFICATE_HOST: host }) => host === HOST);
    expect([told(behindDistribution).length, told(behindDomain).length, told(template()).length]).toEqual([
      5, 5, 0,
    ]);
  });

  it('is not named by challenges, which would name the other host too', () => {
    const challenge = (from: Template) =>
      JSON.stringify(
        resourcesOf(from, 'AWS::ApiGateway::GatewayResponse').find(
          ([, { Properties }]) => Properties.ResponseType === 'UNAUTHORIZED',
        ),
      );
    expect(challenge(behindDistribution)).toContain(`'Bearer error=\\"invalid_token\\", scope=\\"mcp\\"'`);
    expect(challenge(template())).toContain('resource_metadata');
  });

  it('needs no further permission', () => {
    expect(statements(behindDistribution).length).toBe(statements(template()).length);
  });

  it('is another one than that of the public origin, in any spelling', () => {
    const same = { ...clientCertificates, domain: { name: 'AI.example.com', certificateArn } };
    const domain = { name: 'ai.example.com', certificateArn };
    expect(() => synthesized({ domain, clientCertificates: same })).toThrow('clientCertificates.domain.name');
    expect(() => synthesized({ origin: 'https://ai.example.com', clientCertificates: same })).toThrow(
      'clientCertificates.domain.name',
    );
  });
});

describe('the firewall', () => {
  it('lets requests for the hostname past the distribution', () => {
    expect(rulesOf(behindDistribution)[0]).toMatchObject({
      Name: 'ThroughDistribution',
      Statement: {
        NotStatement: { Statement: { OrStatement: { Statements: [expect.anything(), FOR_HOST] } } },
      },
    });
    expect(textOf(template(), 'ThroughDistribution')).not.toContain('"host"');
  });

  it('counts them by the address that connects, and never by one that they claim', () => {
    const [viewers, direct] = ['RequestRate', 'CertificateRequestRate'].map(
      (name) => rulesOf(behindDistribution).find(({ Name }) => Name === name)?.Statement,
    );
    const unless = { NotStatement: { Statement: FOR_HOST } };
    expect(viewers).toMatchObject({
      RateBasedStatement: {
        AggregateKeyType: 'CUSTOM_KEYS',
        ScopeDownStatement: { AndStatement: { Statements: [unless, expect.anything()] } },
      },
    });
    expect(direct).toMatchObject({
      RateBasedStatement: {
        AggregateKeyType: 'IP',
        ScopeDownStatement: { AndStatement: { Statements: [FOR_HOST, expect.anything()] } },
      },
    });
    expect(JSON.stringify(direct)).not.toContain('viewer-address');
  });

  it('asks for their reputation, which is not that of CloudFront', () => {
    expect(
      rulesOf(behindDistribution).find(({ Name }) => Name === 'AddressReputation')?.Statement,
    ).toMatchObject({
      ManagedRuleGroupStatement: { ScopeDownStatement: FOR_HOST },
    });
  });

  it('is the same behind a domain, where every request comes from its viewer', () => {
    expect(rulesOf(behindDomain).map(({ Name }) => Name)).toEqual([
      'AddressReputation',
      'RequestRate',
      'CommonRuleSet',
      'KnownBadInputsRuleSet',
      'RequestContents',
    ]);
    expect(JSON.stringify(rulesOf(behindDomain))).not.toContain(HOST);
  });
});

describe('the truststore', () => {
  it.each([
    ['nothing', ''],
    ['no certificate', 'issuers'],
    ['a certificate that may issue none', authority.issue({ commonNames: ['laptop-7'] }).certificate],
    ['something broken', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----'],
    ['a key', `${authority.certificate}${authority.issue({ commonNames: ['x'] }).key}`],
    [
      'one that is no issuer behind one that is',
      authority.certificate + authority.issue({ commonNames: ['x'] }).certificate,
    ],
  ])('with %s is refused', (_name, pem) => {
    expect(() => checkTruststore(pem)).toThrow('clientCertificates.truststore');
  });

  it('may name several issuers', () => {
    expect(() => checkTruststore(authority.certificate + makeAuthority('Other').certificate)).not.toThrow();
  });

  it('is said to be missing by its path', () => {
    const missing = { ...clientCertificates, truststore: 'nowhere.pem' };
    expect(() => synthesized({ clientCertificates: missing })).toThrow('nowhere.pem does not exist');
  });
});
