import * as z from 'zod';
import type { PoolProvider } from '../cognito/accounts.ts';
import type { Stack } from './stack.ts';

export interface UserPoolView {
  /** Besides the pool itself, where people sign in. */
  providers: readonly PoolProvider[];
  /** People may sign in at the pool itself. */
  native: boolean;
  /** The e-mail addresses of those whom the template invites. */
  invited: readonly string[];
  id: string;
  /** The value of `ProviderURL`: where functions find the identity provider. */
  issuer: string;
  clientId: string;
  callbackUrls: readonly string[];
}

const userPoolClient = z.object({
  GenerateSecret: z.literal(false),
  CallbackURLs: z.array(z.string()),
  SupportedIdentityProviders: z.array(z.string()).default(['COGNITO']),
});

const identityProvider = z.object({
  ProviderName: z.string(),
  ProviderType: z.enum(['OIDC', 'SAML']),
  AttributeMapping: z.record(z.string(), z.string()).default({}),
});

/** Those of a mapping that are custom: standard ones have names of their own. */
const customAttributes = (mapping: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(mapping).filter(([attribute]) => attribute.startsWith('custom:')));

function readProviders(stack: Stack, supported: readonly string[]): PoolProvider[] {
  return stack
    .ofType('AWS::Cognito::UserPoolIdentityProvider', identityProvider)
    .map(({ properties }) => ({
      name: properties.ProviderName,
      type: properties.ProviderType,
      saysVerified: properties.AttributeMapping.email_verified !== undefined,
      attributes: customAttributes(properties.AttributeMapping),
    }))
    .filter(({ name }) => supported.includes(name));
}

const userPoolUser = z.object({ Username: z.string() });

/** @throws Error unless there is exactly one pool with one client. */
export function readUserPool(stack: Stack): UserPoolView {
  const [pool, ...otherPools] = stack.ofType('AWS::Cognito::UserPool', z.unknown());
  const [client, ...otherClients] = stack.ofType('AWS::Cognito::UserPoolClient', userPoolClient);
  if (!pool || !client || otherPools.length > 0 || otherClients.length > 0)
    throw new Error('The template must have exactly one Cognito user pool with one client.');
  return {
    id: pool.name,
    issuer: pool.attributes.ProviderURL ?? '',
    clientId: client.name,
    callbackUrls: client.properties.CallbackURLs,
    providers: readProviders(stack, client.properties.SupportedIdentityProviders),
    native: client.properties.SupportedIdentityProviders.includes('COGNITO'),
    invited: stack
      .ofType('AWS::Cognito::UserPoolUser', userPoolUser)
      .map(({ properties }) => properties.Username),
  };
}
