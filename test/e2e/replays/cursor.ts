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

const MANUAL = 'https://cursor.com/docs/context/mcp';
const LOG = 'https://github.com/gamedevpl/www.gamedev.pl/pull/483';
const BODY = 'https://github.com/erp-mafia/accounted/pull/2225';
const CALLBACKS = [
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'https://www.cursor.com/agents/mcp/oauth/callback',
  'http://localhost:8787/callback',
];
const client = { source: LOG, name: 'cursor-vscode', headers: { 'user-agent': 'Cursor/1.0.0' } };

/** All of its callbacks are in every registration, so one that is refused would refuse them all. */
const registered = (redirectUri: string): Replay => ({
  client: `Cursor, called back at ${redirectUri}`,
  steps: [
    challenged(client),
    resourceMetadata(LOG),
    resourceMetadata(LOG, ''),
    serverMetadata(LOG),
    probe(LOG, 'openid-configuration', 200),
    register(BODY, {
      redirect_uris: CALLBACKS,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      client_name: 'Cursor',
    }),
    authorize(MANUAL, { client_id: '{client_id}', redirect_uri: redirectUri }),
    redeem(MANUAL, { client_id: '{client_id}', redirect_uri: redirectUri }),
    ...connected(client),
    refresh(MANUAL, { client_id: '{client_id}', resource: '{origin}/mcp' }),
    ...connected(client),
  ],
});

export const cursor: readonly Replay[] = CALLBACKS.map(registered);
