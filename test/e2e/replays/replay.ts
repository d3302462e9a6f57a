/** Where a client's behaviour is written down: its documentation, its code, or a log of what it sent. */
export type Source = string;

/** A request that the client itself sends. `{name}` in any text stands for a value known by then. */
export interface Ask {
  source: Source;
  /** Method and path, such as `POST /oauth/token`. */
  ask: string;
  headers?: Record<string, string>;
  json?: unknown;
  form?: Record<string, string>;
  status: number;
  /** What the answer's headers are, by name. */
  answerHeaders?: Record<string, string>;
  /** What the answer's JSON has at least. */
  answer?: Record<string, unknown>;
  /** Members of the answer's JSON that later steps name. */
  keep?: readonly string[];
}

/** The client sends the person's browser to the authorization endpoint; `{code}` is known afterwards. */
export interface Visit {
  source: Source;
  authorize: Record<string, string>;
}

export type Step = Ask | Visit;

/** The exact sequence of requests of one client, from the first challenge to `tools/list`. */
export interface Replay {
  client: string;
  /**
   * The metadata document that the client's maker publishes, without its `client_id`. It is served as `{document}`;
   * in it `{keys}` is the address of the client's public key, and `{assertion}` in a step is signed with that.
   */
  document?: Record<string, unknown>;
  steps: readonly Step[];
}

const CHALLENGE =
  'Bearer error="invalid_token", resource_metadata="{origin}/.well-known/oauth-protected-resource/mcp", scope="mcp"';
const MCP_HEADERS = { accept: 'application/json, text/event-stream' };

const initialize = (name: string, protocolVersion: string) => ({
  jsonrpc: '2.0',
  id: 0,
  method: 'initialize',
  params: { protocolVersion, capabilities: {}, clientInfo: { name, version: '1.0.0' } },
});

interface McpClient {
  source: Source;
  name: string;
  protocolVersion?: string;
  headers?: Record<string, string>;
}

const NEWEST_LEGACY = '2025-11-25';

/** The first request of a client without a token. */
export const challenged = ({ source, name, headers, protocolVersion = NEWEST_LEGACY }: McpClient): Ask => ({
  source,
  ask: 'POST /mcp',
  headers: { ...MCP_HEADERS, ...headers },
  json: initialize(name, protocolVersion),
  status: 401,
  answerHeaders: { 'www-authenticate': CHALLENGE },
});

/** What a client does once it has a token: the handshake, then the list of tools. */
export function connected({ source, name, headers, protocolVersion = NEWEST_LEGACY }: McpClient): Ask[] {
  const given = { ...MCP_HEADERS, ...headers, authorization: 'Bearer {access_token}' };
  const later = { ...given, 'mcp-protocol-version': protocolVersion };
  return [
    {
      source,
      ask: 'POST /mcp',
      headers: given,
      json: initialize(name, protocolVersion),
      status: 200,
      answer: { result: { protocolVersion } },
    },
    {
      source,
      ask: 'POST /mcp',
      headers: later,
      json: { jsonrpc: '2.0', method: 'notifications/initialized' },
      status: 202,
    },
    {
      source,
      ask: 'POST /mcp',
      headers: later,
      json: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
      status: 200,
      answer: { result: { tools: '{some tools}' } },
    },
  ];
}

/** A look at a well-known address. */
export const probe = (source: Source, path: string, status: 200 | 404, headers = {}): Ask => ({
  source,
  ask: `GET /.well-known/${path}`,
  headers: { accept: 'application/json', ...headers },
  status,
  answerHeaders: { 'content-type': 'application/json' },
});

export const resourceMetadata = (source: Source, path = '/mcp', headers = {}): Ask => ({
  ...probe(source, `oauth-protected-resource${path}`, 200, headers),
  answer: { resource: '{origin}/mcp', authorization_servers: ['{origin}'] },
});

/** The metadata, with everything that decides whether clients go on. */
export const serverMetadata = (source: Source, headers = {}): Ask => ({
  ...probe(source, 'oauth-authorization-server', 200, headers),
  answer: {
    issuer: '{origin}',
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    registration_endpoint: '{origin}/oauth/register',
    revocation_endpoint: '{origin}/oauth/revoke',
  },
});

const PKCE = { response_type: 'code', code_challenge: '{challenge}', code_challenge_method: 'S256' };

export const authorize = (source: Source, parameters: Record<string, string>): Visit => ({
  source,
  authorize: { ...PKCE, state: '{state}', ...parameters },
});

const token = (source: Source, form: Record<string, string>): Ask => ({
  source,
  ask: 'POST /oauth/token',
  form,
  status: 200,
  answerHeaders: { 'cache-control': 'no-store' },
  answer: { token_type: 'Bearer', expires_in: '{a number}' },
  keep: ['access_token', 'refresh_token'],
});

export const redeem = (source: Source, form: Record<string, string>): Ask =>
  token(source, { grant_type: 'authorization_code', code: '{code}', code_verifier: '{verifier}', ...form });

export const refresh = (source: Source, form: Record<string, string>): Ask =>
  token(source, { grant_type: 'refresh_token', refresh_token: '{refresh_token}', ...form });

export const register = (source: Source, json: unknown, answer: Record<string, unknown> = {}): Ask => ({
  source,
  ask: 'POST /oauth/register',
  json,
  status: 201,
  answer,
  keep: ['client_id'],
});

/** Signs out at the authorization server (RFC 7009), after which the refresh token is worth nothing. */
export const signOut = (source: Source, client: Record<string, string>): Ask[] => [
  {
    source,
    ask: 'POST /oauth/revoke',
    form: { token: '{refresh_token}', token_type_hint: 'refresh_token', ...client },
    status: 200,
  },
  {
    source,
    ask: 'POST /oauth/token',
    form: { grant_type: 'refresh_token', refresh_token: '{refresh_token}', ...client },
    status: 400,
    answer: { error: 'invalid_grant' },
  },
];
