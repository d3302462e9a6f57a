import { randomBytes } from 'node:crypto';
import type { AdapterPayload } from 'oidc-provider';
import { invalidClient } from '../flows/token-errors.ts';
import { nowSeconds } from '../lifetimes.ts';
import { serviceClientId, serviceOfClient } from '../sessions/holder.ts';
import type { ClientSource } from './client-store.ts';
import { judgeSecret } from './service-secrets.ts';
import type { ServiceToken, ServiceTokens } from './service-tokens.ts';

export const CLIENT_CREDENTIALS = 'client_credentials';

/** Service tokens as clients of the provider: nothing but client credentials, by a secret or by keys, never both. */
export class ServiceClients implements ClientSource {
  readonly #tokens: ServiceTokens;
  /** The library wants a secret to hold; ours are compared elsewhere, and nobody knows this one. */
  readonly #placeholder = randomBytes(32).toString('base64url');

  constructor(tokens: ServiceTokens) {
    this.#tokens = tokens;
  }

  async find(clientId: string): Promise<AdapterPayload | undefined> {
    const token = await this.of(clientId);
    if (!token) return undefined;
    const { jwks, title } = token.spec;
    return {
      client_id: serviceClientId(token.id),
      client_name: title,
      grant_types: [CLIENT_CREDENTIALS],
      response_types: [],
      redirect_uris: [],
      ...(jwks
        ? { token_endpoint_auth_method: 'private_key_jwt', jwks }
        : { token_endpoint_auth_method: 'client_secret_basic', client_secret: this.#placeholder }),
    };
  }

  /** The service token behind a client, as it stands now. */
  async of(clientId: string): Promise<ServiceToken | undefined> {
    const id = serviceOfClient(clientId);
    return id === undefined ? undefined : this.#tokens.find(id);
  }

  /**
   * Whether one of the token's secrets was given.
   * @throws InvalidClientAuth saying so when it is one that has expired: whoever has it may know.
   */
  async holdsSecret(clientId: string, given: string): Promise<boolean> {
    const token = await this.of(clientId);
    const verdict = judgeSecret(token?.spec.jwks ? undefined : token?.secrets, given, nowSeconds());
    if (verdict === 'expired')
      throw invalidClient('The secret has expired: have a new one made for this service token.');
    return verdict === 'good';
  }
}
