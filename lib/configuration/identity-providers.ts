import * as z from 'zod';

/** Cognito gives these names to its own kinds of providers and to the pool itself. */
const TAKEN = new Set(['cognito', 'facebook', 'google', 'loginwithamazon', 'signinwithapple']);

/**
 * Issuers that speak for every tenant, so that anybody's administrator could name anybody's address; the id is that of
 * the tenant of all personal accounts.
 */
const EVERY_TENANT =
  /^https:\/\/(?:login\.(?:microsoftonline\.(?:com|us)|microsoft\.com|windows\.net)|sts\.windows\.net)\/+(?:common|organizations|consumers|9188040d-6c67-4c5b-b112-36a304b66dad)(?:\/|$)/i;
const ofOneTenant = (address: string): boolean => !EVERY_TENANT.test(URL.parse(address)?.href ?? address);

/** An ARN, or a name with a slash: vendors' client secrets have none, so that a pasted one is refused. */
const SECRET =
  /^(?:arn:aws[\w-]*:secretsmanager:[\w-]+:\d{12}:secret:[\w/+=.@-]{1,512}|(?=[^/]+\/)[\w/+=.@-]{1,512})$/;

const claim = z.string().min(1).max(256);

/** What people are judged by beyond name and address; each becomes an attribute of the user pool, which stays for good. */
const judged = {
  /** The claim with a person's groups; without it nothing is known of groups. */
  groups: claim.optional(),
  /** The claim that says how somebody signed in (RFC 8176), most often `amr`. */
  authenticationMethods: claim.optional(),
};

/** Claims by the name that policies use; `false` for one that is not read any more, whose attribute stays. */
const claims = z
  .record(
    z
      .string()
      .regex(/^[a-z][a-z0-9_-]{0,19}$/, 'must be 1 to 20 of a-z, 0-9, _ and -, beginning with a letter')
      .refine((name) => name !== 'groups' && name !== 'amr', 'is taken: use attributes'),
    z.union([claim, z.literal(false)]),
  )
  .default({})
  .refine((all) => Object.keys(all).length <= 20, 'must be at most 20');

const emailDomain = z
  .string()
  .transform((value) => value.toLowerCase())
  .pipe(
    z
      .string()
      .regex(
        /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
        'must be a domain such as example.com; write one with other letters in its ASCII form (xn--…)',
      ),
  );

const shared = {
  /** What people choose at sign-in, how records name it, and one half of each person's identity: never change it. */
  name: z
    .string()
    .regex(
      /^[A-Za-z][A-Za-z0-9-]{2,31}$/,
      'must be 3 to 32 of letters, digits and -, beginning with a letter',
    )
    .refine((name) => !TAKEN.has(name.toLowerCase()), 'is a name that Cognito uses itself: choose another'),
  /** The domains whose e-mail addresses this provider vouches for: exactly these, their subdomains are others. */
  emailDomains: z.array(emailDomain).min(1),
};

const oidc = z.strictObject({
  kind: z.literal('oidc'),
  ...shared,
  claims,
  issuer: z
    .url({ protocol: /^https$/ })
    .refine(ofOneTenant, 'must be that of one tenant: name the tenant by its id'),
  clientId: z.string().min(1),
  /** The name or ARN of the secret in Secrets Manager that holds the client secret. */
  clientSecret: z
    .string()
    .regex(
      SECRET,
      'must be the ARN of a secret in Secrets Manager or its name with a / in it, such as sallyport/okta; never the secret itself',
    ),
  /** The key of the client secret, where the secret is JSON; without it, the whole text is the client secret. */
  clientSecretField: z
    .string()
    .regex(/^[\w-]+$/, 'must be a key of letters, digits, _ and -')
    .optional(),
  /** The version to use: change it after the client secret was replaced, since deployments read it only then. */
  clientSecretVersion: z.uuid().optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be a scope'))
    .refine((scopes) => scopes.includes('openid'), 'must include openid')
    .default(['openid', 'email', 'profile']),
  /** The claims that hold what is known of a person. */
  attributes: z
    .strictObject({
      email: claim.default('email'),
      name: claim.default('name'),
      ...judged,
      /** Where the provider says whether the address was verified: then nobody comes in without. */
      emailVerified: claim.optional(),
    })
    .prefault({}),
});

const CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';

const saml = z
  .strictObject({
    kind: z.literal('saml'),
    ...shared,
    claims,
    /** Where the provider publishes its metadata: it is read again, so a new certificate needs no deployment. */
    metadataUrl: z
      .url({ protocol: /^https$/ })
      .refine(ofOneTenant, 'must be that of one tenant: name the tenant by its id')
      .optional(),
    /** The metadata as a file, where the provider does not publish it; a path from the configuration's folder. */
    metadataFile: z.string().min(1).optional(),
    attributes: z
      .strictObject({
        email: claim.default(`${CLAIMS}/emailaddress`),
        name: claim.default(`${CLAIMS}/name`),
        ...judged,
        emailVerified: claim.optional(),
      })
      .prefault({}),
  })
  .refine(({ metadataUrl, metadataFile }) => (metadataUrl === undefined) !== (metadataFile === undefined), {
    path: ['metadataUrl'],
    message: 'needs either metadataUrl or metadataFile',
  });

/** The customer's identity providers. @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-identity-federation.html */
export const identityProviders = z
  .array(z.discriminatedUnion('kind', [oidc, saml]))
  .refine((all) => new Set(all.map(({ name }) => name.toLowerCase())).size === all.length, {
    message: 'each needs a name of its own',
  });

export type IdentityProvider = z.output<typeof identityProviders>[number];
export type OidcProvider = Extract<IdentityProvider, { kind: 'oidc' }>;
export type SamlProvider = Extract<IdentityProvider, { kind: 'saml' }>;

/**
 * Whether an issuer of identity assertions may have this name. People are known by (name, subject): with the name of
 * another provider it could speak for that one's people.
 */
export function mayShareName(
  assertion: { idp: string; issuer: string },
  providers: IdentityProvider[],
): boolean {
  const same = providers.find(({ name }) => name.toLowerCase() === assertion.idp.toLowerCase());
  if (!same) return true;
  return same.kind === 'oidc' && same.name === assertion.idp && same.issuer === assertion.issuer;
}

/** Whether somebody with this e-mail address (in lower case) can sign in at all. */
export const canSignIn = (email: string, providers: readonly IdentityProvider[]): boolean =>
  providers.length === 0 ||
  providers.some(({ emailDomains }) => emailDomains.includes(email.slice(email.lastIndexOf('@') + 1)));

/** The custom attributes of the pool that a provider is mapped to, with its claims. */
export function mappedAttributes({ attributes, claims }: IdentityProvider): ReadonlyMap<string, string> {
  const { groups, authenticationMethods: amr } = attributes;
  const mapped = Object.entries({ groups, amr, ...claims });
  return new Map(mapped.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** Every custom attribute of the pool: none may ever go, so those that nobody reads any more are among them. */
export const customAttributes = (providers: readonly IdentityProvider[]): string[] => [
  ...new Set(['groups', 'amr', ...providers.flatMap(({ claims }) => Object.keys(claims))]),
];
