import {
  AccountRecovery,
  ClientAttributes,
  FeaturePlan,
  type IUserPoolIdentityProvider,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  StringAttribute,
  UserPool,
  type UserPoolClient,
  UserPoolClientIdentityProvider,
  type UserPoolDomain,
} from 'aws-cdk-lib/aws-cognito';
import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { customAttributes, mappedAttributes } from './configuration/identity-providers.ts';
import type { EnvironmentConfiguration } from './configuration.ts';
import { addIdentityProvider } from './sign-in/federation.ts';
import { addLoginBranding } from './sign-in/login-branding.ts';
import { INVITATION_DAYS, invitation, inviteOwner } from './sign-in/owner-invitations.ts';

/** The most that Cognito keeps of an attribute. */
const ATTRIBUTE_LENGTH = 2048;

interface SignInProps {
  origin: string;
  configuration: EnvironmentConfiguration;
}

/**
 * Where people sign in: at the customer's identity providers or, when none is configured, at the user pool itself, to
 * which the owners are invited. There is no way around a configured provider. Nobody signs up, the only client is public
 * with PKCE, and no token of it can change attributes.
 */
export class SignIn extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  readonly domain: UserPoolDomain;
  readonly #configuration: EnvironmentConfiguration;

  constructor(scope: Construct, id: string, { origin, configuration }: SignInProps) {
    super(scope, id);
    const { identityProviders, branding, folder, owners, name } = configuration;
    this.#configuration = configuration;
    this.pool = new UserPool(this, 'People', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      // What providers are mapped to; Cognito lets attributes be added, and never changed or removed.
      customAttributes: Object.fromEntries(
        customAttributes(identityProviders).map((attribute) => [
          attribute,
          new StringAttribute({ mutable: true, maxLen: ATTRIBUTE_LENGTH }),
        ]),
      ),
      featurePlan: FeaturePlan.ESSENTIALS,
      // For accounts of the pool: whoever comes by an identity provider is never asked for it here.
      mfa: Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: AccountRecovery.EMAIL_ONLY,
      passwordPolicy: { minLength: 14, tempPasswordValidity: Duration.days(INVITATION_DAYS) },
      userInvitation: invitation(name, origin),
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.domain = this.pool.addDomain('Domain', {
      cognitoDomain: { domainPrefix: domainPrefix(name) },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    const federation = new Construct(this, 'Federation');
    const providers = identityProviders.map((provider) =>
      addIdentityProvider(federation, provider, { pool: this.pool, folder }),
    );
    this.client = this.#addClient(origin, providers);
    const look = addLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      branding,
      folder,
    });
    if (identityProviders.length > 0) return;
    const invitations = new Construct(this, 'Owners');
    for (const owner of owners)
      inviteOwner(invitations, this.pool, owner).node.addDependency(look, this.domain);
  }

  #addClient(origin: string, providers: readonly IUserPoolIdentityProvider[]): UserPoolClient {
    const custom = customAttributes(this.#configuration.identityProviders).map((name) => `custom:${name}`);
    const client = this.pool.addClient('Provider', {
      generateSecret: false,
      // Named, since Cognito takes silence for its own choice: passwords past the sign-in page, for tokens of all scopes.
      authFlows: { userSrp: false, userPassword: false },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [`${origin}/oauth/callback`],
      },
      supportedIdentityProviders:
        providers.length > 0
          ? this.#configuration.identityProviders.map(({ name }) =>
              UserPoolClientIdentityProvider.custom(name),
            )
          : [UserPoolClientIdentityProvider.COGNITO],
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      readAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, emailVerified: true, fullname: true })
        .withCustomAttributes(...custom),
      // What providers are mapped to has to be here, or Cognito refuses their people.
      writeAttributes: new ClientAttributes()
        .withStandardAttributes({ email: true, fullname: true })
        .withCustomAttributes(...custom),
    });
    if (providers.length > 0) client.node.addDependency(...providers);
    return client;
  }

  /** What the functions need to know of the configured providers, as JSON: whose e-mail addresses they believe. */
  get trustedProviders(): string {
    return JSON.stringify(
      this.#configuration.identityProviders.map((provider) => ({
        name: provider.name,
        emailDomains: provider.emailDomains,
        saysVerified: provider.attributes.emailVerified !== undefined,
        attributes: [...mappedAttributes(provider).keys()],
      })),
    );
  }

  /** Where a SAML provider sends its answers (assertion consumer service URL, "reply URL"). */
  get samlAcsUrl(): string {
    return `${this.domain.baseUrl()}/saml2/idpresponse`;
  }

  /** What a SAML provider knows this deployment by ("audience", "identifier"). */
  get samlEntityId(): string {
    return `urn:amazon:cognito:sp:${this.pool.userPoolId}`;
  }

  /** Where an OpenID provider sends people back to ("redirect URI"). */
  get oidcCallbackUrl(): string {
    return `${this.domain.baseUrl()}/oauth2/idpresponse`;
  }
}

/** Unique in its region over all accounts. */
const domainPrefix = (name: string): string => `${name.toLowerCase()}-${Aws.ACCOUNT_ID}`;
