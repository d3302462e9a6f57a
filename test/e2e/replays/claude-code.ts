import {
  authorize,
  challenged,
  connected,
  probe,
  type Replay,
  redeem,
  refresh,
  register,
  resourceMetadata,
  serverMetadata,
} from './replay.ts';

const MANUAL = 'https://code.claude.com/docs/en/mcp';
const DOCUMENT = 'https://claude.ai/oauth/claude-code-client-metadata';
const PORTS = 'https://github.com/anthropics/claude-code/issues/37747';
const FALLBACK = 'https://github.com/anthropics/claude-code/issues/61376';
const RESOURCE = 'https://github.com/anthropics/claude-code/issues/76096';
const AGENT = { 'user-agent': 'claude-code/2.1.259 (cli)' };
const PROTOCOL = { 'mcp-protocol-version': '2025-11-25' };
const client = { source: MANUAL, name: 'claude-code', headers: AGENT };

/** Its metadata document has no port, its listener a random one. */
const withDocument = (host: string): Replay => ({
  client: `Claude Code, by its metadata document, listening on ${host}`,
  document: {
    client_name: 'Claude Code',
    client_uri: 'https://claude.ai',
    redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  steps: [
    challenged(client),
    resourceMetadata(RESOURCE, '/mcp', PROTOCOL),
    serverMetadata(MANUAL, PROTOCOL),
    authorize(PORTS, {
      client_id: '{document}',
      redirect_uri: `http://${host}:55611/callback`,
      scope: 'mcp offline_access',
      prompt: 'consent',
      resource: '{origin}/mcp',
    }),
    redeem(DOCUMENT, {
      client_id: '{document}',
      redirect_uri: `http://${host}:55611/callback`,
      resource: '{origin}/mcp',
    }),
    ...connected(client),
    refresh(RESOURCE, { client_id: '{document}', resource: '{origin}/mcp' }),
    ...connected(client),
  ],
});

/** It looks at the bare origin when it loses the challenge, and registers itself with a port of its own. */
const registered: Replay = {
  client: 'Claude Code, registering itself after probing the bare origin',
  steps: [
    challenged(client),
    probe(FALLBACK, 'oauth-authorization-server/mcp', 404, PROTOCOL),
    resourceMetadata(FALLBACK, '', PROTOCOL),
    serverMetadata(FALLBACK, PROTOCOL),
    register(MANUAL, {
      client_name: 'Claude Code (sallyport)',
      redirect_uris: ['http://localhost:3118/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      scope: 'mcp offline_access',
    }),
    authorize(PORTS, {
      client_id: '{client_id}',
      redirect_uri: 'http://localhost:3118/callback',
      scope: 'mcp offline_access',
      resource: '{origin}/mcp',
    }),
    redeem(MANUAL, { client_id: '{client_id}', redirect_uri: 'http://localhost:3118/callback' }),
    ...connected(client),
  ],
};

export const claudeCode: readonly Replay[] = [
  withDocument('localhost'),
  withDocument('127.0.0.1'),
  registered,
];
