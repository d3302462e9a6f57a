import * as z from 'zod';

const origin = z
  .url({ protocol: /^https?$/ })
  .refine(
    (value) => new URL(value).origin === value,
    'must be an origin such as https://ai.example.com, with no path',
  )
  .refine(
    (value) => value.startsWith('https:') || new URL(value).hostname === '127.0.0.1',
    'must be https (plain http is for the loopback address 127.0.0.1 only)',
  );

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

const environment = z.strictObject({
  /** The deployment's name: the stack's name and what people read on its pages. */
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9-]{0,62}$/, 'must be letters, digits and -, beginning with a letter'),
  /** E-mail addresses that own the deployment; documents can neither add nor remove one. */
  owners: z.array(z.email().transform((value) => value.toLowerCase())).min(1, 'needs at least one owner'),
  /** The public URL under which clients reach the deployment; also the OAuth issuer. */
  origin,
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
});

const configuration = z.strictObject({
  environments: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), environment),
});

export type EnvironmentConfiguration = z.output<typeof environment>;
export type Configuration = z.input<typeof configuration>;

/** Types the default export of sallyport.config.ts. */
export const defineConfiguration = (input: Configuration): Configuration => input;

/**
 * Picks and validates one environment.
 * @param overrides what the command line sets for this run, such as the embedded cloud's origin.
 * @throws Error listing every fault with its path in sallyport.config.ts.
 */
export function readConfiguration(
  input: unknown,
  name: string,
  overrides: { origin?: string } = {},
): EnvironmentConfiguration {
  const known =
    typeof input === 'object' && input !== null && 'environments' in input ? Object(input.environments) : {};
  if (!Object.hasOwn(known, name)) {
    throw new Error(
      `sallyport.config.ts has no environment "${name}"; it has: ${Object.keys(known).join(', ') || 'none'}. Choose one with -c env=NAME.`,
    );
  }
  const chosen = { environments: { [name]: { ...known[name], ...overrides } } };
  const result = configuration.safeParse(chosen);
  const value = result.data?.environments[name];
  if (value) return value;
  const faults = (result.error?.issues ?? []).map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`sallyport.config.ts is not valid:\n${faults.join('\n')}`);
}
