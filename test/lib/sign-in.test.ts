import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { App, Stack } from 'aws-cdk-lib/core';
import { readConfiguration, type SallyportProps } from '../../lib/configuration.ts';
import { SignIn } from '../../lib/sign-in.ts';

const BASE: SallyportProps = {
  name: 'Acme',
  owners: ['Dana@example.com', 'erin@example.com'],
  portals: ['default'],
};
const OKTA = {
  kind: 'oidc' as const,
  name: 'okta',
  issuer: 'https://acme.okta.com',
  clientId: '0oa1',
  clientSecret: 'sallyport/okta',
  emailDomains: ['Example.com'],
};
const ENTRA = {
  kind: 'saml' as const,
  name: 'entra',
  metadataUrl: 'https://login.microsoftonline.com/tenant/federationmetadata/2007-06/federationmetadata.xml',
  emailDomains: ['example.com'],
};

function signIn(more: Partial<SallyportProps> = {}) {
  const configuration = readConfiguration({ environments: { test: { ...BASE, ...more } } }, 'test');
  const stack = new Stack(new App({ builtinCloudFormationValidation: false }), 'Stack');
  const made = new SignIn(stack, 'SignIn', { origin: 'https://ai.example.com', configuration });
  return { made, stack, template: Template.fromStack(stack) };
}
const read = (more: object) => readConfiguration({ environments: { test: { ...BASE, ...more } } }, 'test');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-sign-in-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Buffer) => {
  writeFileSync(join(folder, name), content);
  return name;
};

describe('a deployment without identity providers', () => {
  const { template } = signIn();

  it('signs people in at the pool itself, with the look that Cognito needs to show anything', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      SupportedIdentityProviders: ['COGNITO'],
    });
    template.hasResourceProperties('AWS::Cognito::ManagedLoginBranding', {
      UseCognitoProvidedValues: true,
      ClientId: { Ref: Match.stringLikeRegexp('Provider') },
    });
  });

  it('invites each owner by e-mail, with an address that counts as verified', () => {
    template.resourceCountIs('AWS::Cognito::UserPoolUser', 2);
    for (const email of ['dana@example.com', 'erin@example.com'])
      template.hasResourceProperties('AWS::Cognito::UserPoolUser', {
        Username: email,
        DesiredDeliveryMediums: ['EMAIL'],
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
        ],
      });
  });

  it('says in the invitation where, as whom and with what to sign in, and for how long that works', () => {
    template.hasResourceProperties('AWS::Cognito::UserPool', {
      AdminCreateUserConfig: {
        AllowAdminCreateUserOnly: true,
        InviteMessageTemplate: {
          EmailSubject: 'Your invitation to Acme',
          EmailMessage: Match.stringLikeRegexp(
            'https://ai.example.com[\\s\\S]*{username}[\\s\\S]*{####}[\\s\\S]*3 days',
          ),
        },
      },
      Policies: { PasswordPolicy: { TemporaryPasswordValidityDays: 3 } },
    });
  });

  it('leaves the accounts of the others alone when the list of owners changes', () => {
    const users = (owners: string[]) =>
      Object.entries(signIn({ owners }).template.findResources('AWS::Cognito::UserPoolUser')).map(
        ([id, user]) => `${id} ${JSON.stringify(user)}`,
      );
    const [kept] = users(['erin@example.com']);
    expect(users(['new@example.com', 'dana@example.com', 'erin@example.com'])).toContain(kept);
    expect(kept?.split(' ')[0]).not.toMatch(/erin/i);
  });
});

describe('a deployment with identity providers', () => {
  const { made, stack, template } = signIn({ identityProviders: [OKTA, ENTRA] });

  it('offers these alone: nobody has an account at the pool', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      SupportedIdentityProviders: ['okta', 'entra'],
    });
    template.resourceCountIs('AWS::Cognito::UserPoolUser', 0);
  });

  it('makes the client after the providers that it names', () => {
    const providers = Object.keys(template.findResources('AWS::Cognito::UserPoolIdentityProvider'));
    expect(providers).toHaveLength(2);
    template.hasResource('AWS::Cognito::UserPoolClient', {
      DependsOn: Match.arrayWith(providers.toSorted((a, b) => a.localeCompare(b))),
    });
  });

  it('follows a reference to the client secret, which is nowhere itself', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolIdentityProvider', {
      ProviderName: 'okta',
      ProviderType: 'OIDC',
      ProviderDetails: {
        client_id: '0oa1',
        client_secret: '{{resolve:secretsmanager:sallyport/okta:SecretString:::}}',
        oidc_issuer: 'https://acme.okta.com',
        authorize_scopes: 'openid email profile',
      },
    });
    const clientSecretVersion = '6c1e2b5a-9d51-4f0e-8e43-2d6f1f0e9a11';
    const rotated = signIn({
      identityProviders: [{ ...OKTA, clientSecretField: 'secret', clientSecretVersion }],
    });
    expect(JSON.stringify(rotated.template.toJSON())).toContain(
      `{{resolve:secretsmanager:sallyport/okta:SecretString:secret::${clientSecretVersion}}}`,
    );
  });

  it('believes no SAML answer that nobody asked for', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolIdentityProvider', {
      ProviderType: 'SAML',
      ProviderDetails: { MetadataURL: ENTRA.metadataUrl, IDPInit: false, IDPSignout: false },
    });
  });

  it('maps only what its client may write, which no token of a person can use', () => {
    const [client] = Object.values(template.findResources('AWS::Cognito::UserPoolClient'));
    const writable: string[] = client?.Properties.WriteAttributes;
    for (const { Properties } of Object.values(
      template.findResources('AWS::Cognito::UserPoolIdentityProvider'),
    ))
      expect(writable).toEqual(expect.arrayContaining(Object.keys(Properties.AttributeMapping)));
    expect(client?.Properties.AllowedOAuthScopes).toEqual(['openid', 'email', 'profile']);
    // Left out, it is not empty: Cognito lets people sign in past its page then.
    expect(client?.Properties.ExplicitAuthFlows).toEqual(['ALLOW_REFRESH_TOKEN_AUTH']);
  });

  it('maps the claim that says whether an address was verified, where it is configured', () => {
    const attributes = { emailVerified: 'email_verified' };
    signIn({ identityProviders: [{ ...OKTA, attributes }] }).template.hasResourceProperties(
      'AWS::Cognito::UserPoolIdentityProvider',
      { AttributeMapping: { email: 'email', name: 'name', email_verified: 'email_verified' } },
    );
  });

  it('tells the functions whom each provider may speak of, and nothing else of it', () => {
    expect(JSON.parse(made.trustedProviders)).toEqual([
      { name: 'okta', emailDomains: ['example.com'], saysVerified: false, attributes: [] },
      { name: 'entra', emailDomains: ['example.com'], saysVerified: false, attributes: [] },
    ]);
  });

  it('knows the addresses that go into the provider’s form', () => {
    const value = (token: string) => JSON.stringify(stack.resolve(token));
    expect(value(made.samlAcsUrl)).toMatch(/amazoncognito\.com\/saml2\/idpresponse/);
    expect(value(made.oidcCallbackUrl)).toMatch(/amazoncognito\.com\/oauth2\/idpresponse/);
    expect(stack.resolve(made.samlEntityId)).toEqual({
      'Fn::Join': ['', ['urn:amazon:cognito:sp:', { Ref: expect.stringMatching(/People/) }]],
    });
  });

  it('takes SAML metadata from a file, which must be that of an identity provider', () => {
    const { metadataUrl: _, ...workspace } = ENTRA;
    const metadata = '<md:EntityDescriptor><md:IDPSSODescriptor/></md:EntityDescriptor>';
    const withFile = (metadataFile: string) =>
      signIn({ folder, identityProviders: [{ ...workspace, metadataFile }] }).template;
    withFile(file('idp.xml', metadata)).hasResourceProperties('AWS::Cognito::UserPoolIdentityProvider', {
      ProviderDetails: { MetadataFile: metadata, MetadataURL: Match.absent() },
    });
    expect(() => withFile('missing.xml')).toThrow(/metadataFile: .*missing\.xml does not exist/);
    expect(() => withFile(file('sp.xml', '<SPSSODescriptor/>'))).toThrow('is not the SAML metadata');
  });
});

describe('the configuration of an identity provider', () => {
  it.each([
    [
      'a client secret instead of its name',
      { ...OKTA, clientSecret: 'GOCSPX-abcdefghijklmnop' },
      'never the secret itself',
    ],
    ['an issuer over plain http', { ...OKTA, issuer: 'http://acme.okta.com' }, 'issuer'],
    [
      'an issuer of every tenant',
      { ...OKTA, issuer: 'https://login.microsoftonline.com/common/v2.0' },
      'one tenant',
    ],
    [
      'an issuer of every tenant in other words',
      { ...OKTA, issuer: 'https://LOGIN.microsoftonline.com:443//common/v2.0' },
      'one tenant',
    ],
    [
      'the issuer of all personal accounts by its id',
      { ...OKTA, issuer: 'https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0' },
      'one tenant',
    ],
    [
      'metadata of every tenant',
      {
        ...ENTRA,
        metadataUrl:
          'https://login.microsoftonline.com/common/federationmetadata/2007-06/federationmetadata.xml',
      },
      'one tenant',
    ],
    ['scopes without openid', { ...OKTA, scopes: ['email'] }, 'must include openid'],
    ['two scopes in one', { ...OKTA, scopes: ['openid email'] }, 'must be a scope'],
    ['a name that Cognito uses', { ...OKTA, name: 'Google' }, 'choose another'],
    ['a name that would blur what belongs to it', { ...OKTA, name: 'okta_00u1' }, 'letters, digits and -'],
    ['no e-mail domain', { ...OKTA, emailDomains: [] }, 'emailDomains'],
    ['an address as a domain', { ...OKTA, emailDomains: ['@example.com'] }, 'must be a domain'],
    ['a pattern as a domain', { ...OKTA, emailDomains: ['*.example.com'] }, 'must be a domain'],
    ['a domain that looks like another', { ...OKTA, emailDomains: ['ex\u0430mple.com'] }, 'ASCII form'],
    ['a top-level domain', { ...OKTA, emailDomains: ['com'] }, 'must be a domain'],
    ['neither metadata URL nor file', { ...ENTRA, metadataUrl: undefined }, 'metadataUrl or metadataFile'],
    ['both metadata URL and file', { ...ENTRA, metadataFile: 'idp.xml' }, 'metadataUrl or metadataFile'],
  ])('may not have %s', (_what, provider, message) => {
    expect(() => read({ identityProviders: [provider] })).toThrow(message);
  });

  it('may name the secret by its ARN', () => {
    const clientSecret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:okta-AbCdEf';
    expect(read({ identityProviders: [{ ...OKTA, clientSecret }] }).identityProviders).toMatchObject([
      { clientSecret },
    ]);
  });

  it('may not be there twice under one name', () => {
    expect(() => read({ identityProviders: [OKTA, { ...ENTRA, name: 'OKTA' }] })).toThrow('name of its own');
  });

  it('may not lock an owner out', () => {
    const owners = ['dana@example.com', 'erin@lab.example.com'];
    expect(() => read({ owners, identityProviders: [OKTA] })).toThrow(
      'owners: must have addresses in the emailDomains',
    );
    expect(read({ owners }).owners).toEqual(owners);
  });

  it('shares people with an issuer of identity assertions only if both are the same issuer', () => {
    const assertions = (issuer: string) => ({
      identityProviders: [OKTA],
      identityAssertionIssuers: [
        { idp: 'okta', issuer, jwksUri: `${issuer}/keys`, emailDomains: ['example.com'] },
      ],
    });
    expect(read(assertions(OKTA.issuer)).identityAssertionIssuers).toHaveLength(1);
    expect(() => read(assertions('https://other.example.com'))).toThrow('the same OpenID issuer');
  });
});

describe('the look of the sign-in page', () => {
  const PNG = Buffer.from('89504e470d0a1a0a0000', 'hex');
  const look = (branding: { color?: string; logo?: string }) => {
    const found = signIn({ folder, branding }).template.findResources('AWS::Cognito::ManagedLoginBranding');
    return Object.values(found)[0]?.Properties;
  };

  it.each([
    ['#0B5FFF', '0b5fffff', 'ffffffff'],
    ['#ffe600', 'ffe600ff', '000000ff'],
  ])('has buttons of the colour %s with text that can be read on it', (color, backgroundColor, textColor) => {
    const { UseCognitoProvidedValues, Settings } = look({ color });
    expect(UseCognitoProvidedValues).toBeUndefined();
    expect(Settings.components.primaryButton.lightMode.defaults).toEqual({ backgroundColor, textColor });
    expect(Settings.componentClasses.link.lightMode.defaults).toEqual({ textColor: backgroundColor });
  });

  it('has the logo above the form', () => {
    const svg =
      '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg"><title>Caf&#233;</title></svg>';
    expect(look({ logo: file('logo.svg', svg) })).toMatchObject({
      Assets: [{ Category: 'FORM_LOGO', Extension: 'SVG', Bytes: Buffer.from(svg).toString('base64') }],
      Settings: { components: { form: { logo: { enabled: true, position: 'TOP' } } } },
    });
    expect(look({ logo: file('logo.png', PNG) }).Assets).toMatchObject([{ Extension: 'PNG' }]);
  });

  it.each([
    ['is not there', () => 'missing.svg', 'does not exist'],
    ['has another type', () => file('logo.gif', 'GIF89a'), '.svg or .png'],
    ['says to be another type than it is', () => file('fake.png', '<svg/>'), 'not a picture of the type PNG'],
    [
      'is larger than 100 KB',
      () => file('large.png', Buffer.concat([PNG, Buffer.alloc(100_000)])),
      'at most 100000',
    ],
    ['brings a script', () => file('script.svg', '<svg><script>alert(1)</script></svg>'), 'not a picture'],
    ['brings a handler', () => file('handler.svg', '<svg onload="alert(1)"/>'), 'not a picture'],
    [
      'brings a script under a prefix',
      () =>
        file('prefix.svg', '<svg xmlns:s="http://www.w3.org/2000/svg"><s:script>alert(1)</s:script></svg>'),
      'not a picture',
    ],
    [
      'brings a script as an entity',
      () => file('entity.svg', '<!DOCTYPE svg [<!ENTITY s "alert(1)">]><svg><title>&s;</title></svg>'),
      'not a picture',
    ],
    [
      'brings a spelt-out link to a script',
      () => file('link.svg', '<svg><a href="&#x6a;avascript&#58;alert(1)"/></svg>'),
      'not a picture',
    ],
    [
      'starts a handler later',
      () => file('set.svg', '<svg><set attributeName="onclick" to="alert(1)"/></svg>'),
      'not a picture',
    ],
  ])('has no logo that %s', (_what, logo, message) => {
    expect(() => look({ logo: logo() })).toThrow(message);
  });
});
