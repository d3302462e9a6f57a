import { join } from 'node:path';
import type { SallyportProps } from '../../lib/configuration.ts';

const region = 'eu-central-1';
const account = '123456789012';

/** An environment that uses every option there is: what production leaves out is judged by this one. */
export const EVERYTHING = {
  name: 'Everything',
  owners: ['security@example.com'],
  portals: ['default'],
  domain: { name: 'ai.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
  clientCertificates: {
    domain: { name: 'devices.example.com', hostedZone: { id: 'Z0123456789ABCDEFGHIJ', name: 'example.com' } },
    truststore: join(import.meta.dirname, 'issuers.pem'),
  },
  identityProviders: [
    {
      kind: 'oidc',
      name: 'Okta',
      emailDomains: ['example.com'],
      issuer: 'https://example.okta.com',
      clientId: '0oa1example',
      clientSecret: 'sallyport/okta',
    },
    {
      kind: 'saml',
      name: 'Entra',
      emailDomains: ['example.org'],
      metadataUrl:
        'https://login.microsoftonline.com/tenant/federationmetadata/2007-06/federationmetadata.xml',
    },
  ],
  branding: { color: '#0b5fff' },
  firewall: { requestsPerFiveMinutes: 5000, unlimitedNetworks: ['192.0.2.0/24', '2001:db8::/32'] },
  operations: { alarmEmails: ['operations@example.com'], monthlyBudgetUsd: 500 },
  account: {
    id: account,
    region,
    namePrefix: 'acme',
    permissionsBoundary: 'developer-boundary',
    keyArns: { data: `arn:aws:kms:${region}:${account}:key/11111111-2222-3333-4444-555555555555` },
    vpc: {
      id: 'vpc-0123456789abcdef0',
      availabilityZones: [`${region}a`, `${region}b`],
      subnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    },
  },
  allowedOrigins: ['https://inspector.example.com'],
  outgoingNetworks: ['10.0.0.0/8'],
  deviceCode: true,
  identityAssertionIssuers: [
    {
      issuer: 'https://issuer.example.net',
      idp: 'partner',
      jwksUri: 'https://issuer.example.net/keys',
      emailDomains: ['example.net'],
    },
  ],
  tags: { team: 'security' },
} satisfies SallyportProps;
