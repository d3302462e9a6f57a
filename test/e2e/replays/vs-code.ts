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

const CODE = 'https://github.com/microsoft/vscode/blob/main/src/vs/base/common/oauth.ts';
const DOCUMENT = 'https://vscode.dev/oauth/client-metadata.json';
const PORTS = 'https://github.com/microsoft/vscode/issues/278512';
const client = { source: CODE, name: 'Visual Studio Code' };

const withDocument: Replay = {
  client: 'VS Code, by its metadata document',
  document: {
    client_name: 'Visual Studio Code',
    client_uri: 'https://vscode.dev/product',
    logo_uri: 'https://code.visualstudio.com/assets/branding/code-stable.png',
    redirect_uris: ['http://127.0.0.1:33418/', 'https://vscode.dev/redirect'],
    grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    application_type: 'native',
  },
  steps: [
    challenged(client),
    resourceMetadata(CODE),
    serverMetadata(CODE),
    authorize(DOCUMENT, {
      client_id: '{document}',
      redirect_uri: 'http://127.0.0.1:33418/',
      scope: 'mcp',
      resource: '{origin}/mcp',
    }),
    redeem(CODE, { client_id: '{document}', redirect_uri: 'http://127.0.0.1:33418/' }),
    ...connected(client),
    refresh(CODE, { client_id: '{document}' }),
    ...connected(client),
  ],
};

/** It registers for every place where it may run, and comes back to any of them. */
const registered = (redirectUri: string): Replay => ({
  client: `VS Code, registering itself, called back at ${redirectUri}`,
  steps: [
    challenged(client),
    resourceMetadata(CODE),
    serverMetadata(CODE),
    register(CODE, {
      client_name: 'Visual Studio Code',
      client_uri: 'https://code.visualstudio.com',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code'],
      redirect_uris: [
        'https://insiders.vscode.dev/redirect',
        'https://vscode.dev/redirect',
        'http://127.0.0.1/',
        'http://127.0.0.1:33418/',
      ],
      scope: 'mcp',
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    }),
    authorize(PORTS, {
      client_id: '{client_id}',
      redirect_uri: redirectUri,
      scope: 'mcp',
      resource: '{origin}/mcp',
    }),
    redeem(CODE, { client_id: '{client_id}', redirect_uri: redirectUri }),
    ...connected(client),
  ],
});

export const vsCode: readonly Replay[] = [
  withDocument,
  registered('http://127.0.0.1:59656/'),
  registered('https://vscode.dev/redirect'),
  registered('https://insiders.vscode.dev/redirect'),
];
