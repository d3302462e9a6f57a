import type { ClientMetadata } from 'oidc-provider';
import { CLI_CLIENT_ID, CONSOLE_CLIENT_ID } from '../../shared/origin.ts';

/** The clients that every deployment has, without registration. */
export function firstPartyClients(origin: string): ClientMetadata[] {
  const common = {
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  } as const;
  return [
    {
      ...common,
      client_id: CLI_CLIENT_ID,
      client_name: 'Sallyport command line',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
    },
    {
      ...common,
      client_id: CONSOLE_CLIENT_ID,
      client_name: 'Sallyport console',
      application_type: 'web',
      redirect_uris: [`${origin}/console/callback`],
    },
  ];
}
