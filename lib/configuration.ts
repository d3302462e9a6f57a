import * as z from 'zod';
import { account } from './configuration/account.ts';
import { branding } from './configuration/branding.ts';
import { clientCertificates } from './configuration/client-certificates.ts';
import { domain } from './configuration/domain.ts';
import { firewall } from './configuration/firewall.ts';
import { canSignIn, identityProviders, mayShareName } from './configuration/identity-providers.ts';
import { operations } from './configuration/operations.ts';
import { origin } from './configuration/origin.ts';

/** Callbacks of well-known hosted and desktop clients; loopback redirects are always allowed. */
export const WELL_KNOWN_REDIRECT_URIS = [
  'https://claude.ai/api/mcp/auth_callback',
  'https://claude.com/api/mcp/auth_callback',
  'https://chatgpt.com/connector_platform_oauth_redirect',
  'https://vscode.dev/redirect',
  'https://insiders.vscode.dev/redirect',
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'https://www.cursor.com/agents/mcp/oauth/callback',
];

const environment = z
  .strictObject({
    /**
     * The deployment's name: the stack's name, what people read on its pages, and part of the sign-in page's
     * address. No other deployment of the account and region may have it.
     */
    name: z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9-]{0,49}$/,
        'must be at most 50 letters, digits and -, beginning with a letter',
      )
      .refine(
        (name) => !/aws|amazon|cognito/i.test(name),
        'must not contain aws, amazon or cognito: Cognito refuses them in the address of the sign-in page',
      ),
    /** E-mail addresses that own the deployment; documents can neither add nor remove one. */
    owners: z.array(z.email().transform((value) => value.toLowerCase())).min(1, 'needs at least one owner'),
    /** The deployment's own domain; without one, a CloudFront distribution is put in front and its domain is used. */
    domain: domain.optional(),
    /**
     * The public URL, where another host passes requests on to the distribution; it is the OAuth issuer then. A name
     * of one's own without such a host is a `domain`.
     */
    origin: origin.optional(),
    /** Where MCP clients may prove themselves by certificates; nowhere unless it is given. */
    clientCertificates: clientCertificates.optional(),
    /** Where people sign in; without any, at the user pool itself, to which owners are invited. */
    identityProviders: identityProviders.default([]),
    /** How the sign-in page looks. */
    branding: branding.prefault({}),
    /** The folder that paths in here begin at; that of the configuration file unless it is given. */
    folder: z.string().default(() => process.cwd()),
    firewall: firewall.prefault({}),
    operations: operations.prefault({}),
    account: account.prefault({}),
    /** The portals of this deployment; the first is the default one at `/mcp`. */
    portals: z
      .array(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be a-z, 0-9 and -, beginning with a letter'))
      .length(1, 'takes exactly one portal'),
    /** Redirect URIs that clients may register besides loopback ones; matched exactly. */
    allowedRedirectUris: z.array(z.url()).default(WELL_KNOWN_REDIRECT_URIS),
    /** Web origins, besides the deployment's own, whose pages may call the MCP endpoint. */
    allowedOrigins: z.array(origin).default([]),
    /** Networks (CIDR) besides the public internet where MCP servers may live; plain http is allowed there. */
    outgoingNetworks: z.array(z.union([z.cidrv4(), z.cidrv6()])).default([]),
    /** Days after which tokens are signed with a new key. */
    signingKeyRotationDays: z.number().int().min(1).max(365).default(30),
    /** Lets devices without a browser sign in by a code; off, since the code can be phished. */
    deviceCode: z.boolean().default(false),
    /** Identity providers whose identity assertions (ID-JAG) are accepted in place of a sign-in. */
    identityAssertionIssuers: z
      .array(
        z.strictObject({
          issuer: z.url({ protocol: /^https?$/ }),
          /** The name in people's ids: a person is this name and the assertion's `sub`. */
          idp: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/),
          jwksUri: z.url({ protocol: /^https?$/ }),
          /** Whose e-mail addresses this provider may vouch for. */
          emailDomains: z.array(z.string().min(3)).min(1),
        }),
      )
      .refine(
        (issuers) => new Set(['cognito', ...issuers.map(({ idp }) => idp)]).size === issuers.length + 1,
        'each needs an idp of its own, other than cognito: people of one idp are the same people',
      )
      .default([]),
    auditRetentionDays: z.number().int().min(1).max(3650).default(30),
    logRetentionDays: z.union([z.literal(7), z.literal(30), z.literal(90), z.literal(365)]).default(30),
    tags: z.record(z.string().min(1).max(128), z.string().max(256)).default({}),
  })
  .refine(({ owners, identityProviders }) => owners.every((owner) => canSignIn(owner, identityProviders)), {
    path: ['owners'],
    message: 'must have addresses in the emailDomains of an identity provider: others could not sign in',
  })
  .refine(
    ({ identityProviders, identityAssertionIssuers }) =>
      identityAssertionIssuers.every((issuer) => mayShareName(issuer, identityProviders)),
    {
      path: ['identityAssertionIssuers'],
      message: 'may share the name of an identity provider only if both are the same OpenID issuer',
    },
  )
  .refine(({ domain, origin }) => !(domain && origin), {
    path: ['origin'],
    message: 'is the domain of this environment already: leave one of the two out',
  })
  .refine(
    ({ clientCertificates: certificates, domain, origin }) =>
      certificates === undefined ||
      ![domain?.name, origin && new URL(origin).hostname].includes(certificates.domain.name),
    {
      path: ['clientCertificates', 'domain', 'name'],
      message: 'must be another name than that of the public origin, where nobody is asked for a certificate',
    },
  );

const configuration = z.strictObject({
  environments: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), environment),
});

export type EnvironmentConfiguration = z.output<typeof environment>;
/** What one writes: everything that has a default may be left out. */
export type SallyportProps = z.input<typeof environment>;
export type Configuration = z.input<typeof configuration>;

/** Types the default export of sallyport.config.ts. */
export const defineConfiguration = (input: Configuration): Configuration => input;

/**
 * Validates one environment and fills in what it leaves open; what is filled in already stays as it is.
 * @param where what the faults are in.
 * @throws Error listing every fault with its path.
 */
export function parseEnvironment(props: unknown, where: string): EnvironmentConfiguration {
  const { data, error } = environment.safeParse(props);
  if (data) return data;
  throw new Error(`${where} is not valid:\n${faultsOf(error)}`);
}

const faultsOf = ({ issues }: z.ZodError): string =>
  issues.map(({ path, message }) => `  ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`).join('\n');

/** Where a configuration was read: what errors call it, and the folder that its relative paths begin at. */
export interface ConfigurationSource {
  name: string;
  folder: string;
}

/**
 * Picks and validates one environment.
 * @param overrides what the command line sets for this run, such as the embedded cloud's origin.
 * @throws Error listing every fault with its path in the file.
 */
export function readConfiguration(
  input: unknown,
  name: string,
  overrides: { origin?: string } = {},
  source: ConfigurationSource = { name: 'sallyport.config.ts', folder: process.cwd() },
): EnvironmentConfiguration {
  const known =
    typeof input === 'object' && input !== null && 'environments' in input ? Object(input.environments) : {};
  if (!Object.hasOwn(known, name)) {
    throw new Error(
      `${source.name} has no environment "${name}"; it has: ${Object.keys(known).join(', ') || 'none'}. Choose one with -c env=NAME.`,
    );
  }
  const chosen = { environments: { [name]: { folder: source.folder, ...known[name], ...overrides } } };
  const result = configuration.safeParse(chosen);
  const value = result.data?.environments[name];
  if (!value) throw new Error(`${source.name} is not valid:\n${result.error ? faultsOf(result.error) : ''}`);
  return value;
}
