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

const MANUAL = 'https://developers.openai.com/apps-sdk/build/auth';
const DOCUMENT = 'https://chatgpt.com/oauth/client.json';
const CALLBACK = 'https://chatgpt.com/connector_platform_oauth_redirect';
const client = { source: MANUAL, name: 'openai-mcp' };

const TOKEN_CLIENT = {
  client_id: '{document}',
  client_assertion: '{assertion}',
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
};
const ASKED = { redirect_uri: CALLBACK, scope: 'mcp offline_access', resource: '{origin}/mcp' };

/** It has one fixed callback here because answers carry `iss`, and proves who it is by a key of its own. */
const withDocument: Replay = {
  client: 'ChatGPT, by its metadata document and its key',
  document: {
    client_uri: 'https://chatgpt.com/',
    redirect_uris: [CALLBACK],
    token_endpoint_auth_method: 'private_key_jwt',
    token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    client_name: 'ChatGPT',
    logo_uri: 'https://persistent.oaistatic.com/sonic/misc/openai-logo.png',
    token_endpoint_auth_signing_alg: 'RS256',
    jwks_uri: '{keys}',
  },
  steps: [
    challenged(client),
    resourceMetadata(MANUAL),
    serverMetadata(MANUAL),
    authorize(MANUAL, { client_id: '{document}', ...ASKED }),
    redeem(DOCUMENT, { ...TOKEN_CLIENT, redirect_uri: CALLBACK, resource: '{origin}/mcp' }),
    ...connected(client),
    refresh(DOCUMENT, { ...TOKEN_CLIENT, resource: '{origin}/mcp' }),
    ...connected(client),
  ],
};

const registered: Replay = {
  client: 'ChatGPT, registering itself',
  steps: [
    challenged(client),
    resourceMetadata(MANUAL),
    serverMetadata(MANUAL),
    register(MANUAL, {
      client_name: 'ChatGPT',
      redirect_uris: [CALLBACK],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    }),
    authorize(MANUAL, { client_id: '{client_id}', ...ASKED }),
    redeem(MANUAL, { client_id: '{client_id}', redirect_uri: CALLBACK, resource: '{origin}/mcp' }),
    ...connected(client),
    refresh(MANUAL, { client_id: '{client_id}', resource: '{origin}/mcp' }),
    ...connected(client),
  ],
};

export const chatGpt: readonly Replay[] = [withDocument, registered];
