import {
  authorize,
  challenged,
  connected,
  type Replay,
  redeem,
  refresh,
  register,
  resourceMetadata,
  serverMetadata,
} from './replay.ts';

const MANUAL = 'https://claude.com/docs/connectors/building/authentication';
const LOG = 'https://github.com/anthropics/claude-ai-mcp/issues/680';
const SECRET = 'https://github.com/PostHog/posthog/pull/48397';
const SCOPE = 'https://github.com/anthropics/claude-ai-mcp/issues/124';
const CALLBACK = 'https://claude.ai/api/mcp/auth_callback';
const client = { source: LOG, name: 'Anthropic/ClaudeAI', headers: { 'user-agent': 'python-httpx/0.28.1' } };

const withDocument: Replay = {
  client: 'claude.ai, by its metadata document',
  document: {
    client_name: 'Claude',
    client_uri: 'https://claude.ai',
    redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  steps: [
    challenged(client),
    resourceMetadata(LOG),
    serverMetadata(LOG),
    authorize(MANUAL, {
      client_id: '{document}',
      redirect_uri: CALLBACK,
      scope: 'mcp offline_access',
      resource: '{origin}/mcp',
    }),
    redeem(MANUAL, { client_id: '{document}', redirect_uri: CALLBACK, resource: '{origin}/mcp' }),
    ...connected(client),
    refresh(MANUAL, { client_id: '{document}' }),
    ...connected(client),
  ],
};

/** It asks for a secret, names a scope of its own with an empty one behind it, and no resource. */
const withSecret = (callback: string): Replay => ({
  client: `claude.ai, registering itself with a secret, called back at ${new URL(callback).host}`,
  steps: [
    challenged({ ...client, protocolVersion: '2025-06-18' }),
    resourceMetadata(LOG),
    serverMetadata(LOG),
    {
      ...register(SECRET, {
        client_name: 'Claude',
        client_uri: null,
        logo_uri: null,
        scope: null,
        contacts: null,
        redirect_uris: [callback],
        token_endpoint_auth_method: 'client_secret_post',
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
      }),
      answer: { token_endpoint_auth_method: 'client_secret_post', redirect_uris: [callback] },
      keep: ['client_id', 'client_secret'],
    },
    authorize(SCOPE, { client_id: '{client_id}', redirect_uri: callback, scope: 'claudeai ' }),
    redeem(SECRET, {
      client_id: '{client_id}',
      client_secret: '{client_secret}',
      redirect_uri: callback,
    }),
    ...connected({ ...client, protocolVersion: '2025-06-18' }),
    refresh(SECRET, { client_id: '{client_id}', client_secret: '{client_secret}' }),
    ...connected({ ...client, protocolVersion: '2025-06-18' }),
  ],
});

export const claudeAi: readonly Replay[] = [
  withDocument,
  withSecret(CALLBACK),
  withSecret('https://claude.com/api/mcp/auth_callback'),
];
