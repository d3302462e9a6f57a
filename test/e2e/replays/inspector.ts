import {
  authorize,
  challenged,
  connected,
  type Replay,
  redeem,
  register,
  resourceMetadata,
  serverMetadata,
  signOut,
} from './replay.ts';

const HELP = 'https://github.com/modelcontextprotocol/inspector: mcp-inspector --cli --help';
const CALLBACK = 'http://127.0.0.1:6276/oauth/callback';
const client = { source: HELP, name: 'inspector-cli' };

/** What `--relogin` does first: end the grant where it was given. */
export const inspector: readonly Replay[] = [
  {
    client: 'Inspector, signing out in the end',
    steps: [
      challenged(client),
      resourceMetadata(HELP),
      serverMetadata(HELP),
      register(HELP, {
        client_name: 'MCP Inspector',
        redirect_uris: [CALLBACK],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      }),
      authorize(HELP, {
        client_id: '{client_id}',
        redirect_uri: CALLBACK,
        scope: 'mcp offline_access',
        prompt: 'consent',
        resource: '{origin}/mcp',
      }),
      redeem(HELP, { client_id: '{client_id}', redirect_uri: CALLBACK, resource: '{origin}/mcp' }),
      ...connected(client),
      ...signOut(HELP, { client_id: '{client_id}' }),
    ],
  },
];
