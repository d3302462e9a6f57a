import {
  type AttributeMapping,
  type IUserPoolIdentityProvider,
  ProviderAttribute,
  type UserPool,
  UserPoolIdentityProviderOidc,
  UserPoolIdentityProviderSaml,
  UserPoolIdentityProviderSamlMetadata,
} from 'aws-cdk-lib/aws-cognito';
import { SecretValue } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import {
  type IdentityProvider,
  mappedAttributes,
  type OidcProvider,
  type SamlProvider,
} from '../configuration/identity-providers.ts';
import { configuredFile } from './configured-file.ts';

const METADATA_LIMIT = 100_000;

/** Lets a configured identity provider sign people in at the pool. */
export function addIdentityProvider(
  scope: Construct,
  provider: IdentityProvider,
  { pool, folder }: { pool: UserPool; folder: string },
): IUserPoolIdentityProvider {
  const shared = {
    userPool: pool,
    name: provider.name,
    attributeMapping: attributeMapping(provider),
  };
  return provider.kind === 'oidc'
    ? new UserPoolIdentityProviderOidc(scope, provider.name, { ...shared, ...oidcDetails(provider) })
    : new UserPoolIdentityProviderSaml(scope, provider.name, { ...shared, ...samlDetails(provider, folder) });
}

function oidcDetails({
  issuer,
  clientId,
  scopes,
  clientSecret,
  clientSecretField,
  clientSecretVersion,
}: OidcProvider) {
  const reference = SecretValue.secretsManager(clientSecret, {
    ...(clientSecretField ? { jsonField: clientSecretField } : {}),
    ...(clientSecretVersion ? { versionId: clientSecretVersion } : {}),
  });
  // A reference that CloudFormation follows while it deploys: the template holds the secret's name alone.
  return { issuerUrl: issuer, clientId, scopes, clientSecret: reference.unsafeUnwrap() };
}

/**
 * Answers nobody asked for are refused, since they would let an attacker sign a victim in as somebody else
 * (SAML 2.0 Technical Overview 5.1.4). Requests are not signed, since they hold nothing and the answer goes to a
 * registered address whoever asks; answers are not encrypted, since only the person's own browser carries them.
 */
function samlDetails({ metadataUrl, metadataFile }: SamlProvider, folder: string) {
  const metadata =
    metadataFile === undefined
      ? UserPoolIdentityProviderSamlMetadata.url(metadataUrl ?? '')
      : UserPoolIdentityProviderSamlMetadata.file(metadataDocument(folder, metadataFile));
  return { metadata, idpInitiated: false };
}

function metadataDocument(folder: string, path: string): string {
  const text = configuredFile(folder, path, 'metadataFile', METADATA_LIMIT).toString('utf8');
  if (!/<(\w+:)?IDPSSODescriptor[\s/>]/.test(text))
    throw new Error(`metadataFile: ${path} is not the SAML metadata of an identity provider.`);
  return text;
}

function attributeMapping(provider: IdentityProvider): AttributeMapping {
  const { email, name, emailVerified } = provider.attributes;
  const custom = [...mappedAttributes(provider)].map(
    ([attribute, claim]) => [`custom:${attribute}`, ProviderAttribute.other(claim)] as const,
  );
  return {
    email: ProviderAttribute.other(email),
    fullname: ProviderAttribute.other(name),
    ...(emailVerified ? { emailVerified: ProviderAttribute.other(emailVerified) } : {}),
    ...(custom.length > 0 ? { custom: Object.fromEntries(custom) } : {}),
  };
}
