import { randomUUID } from 'node:crypto';
import type {
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from '@modelcontextprotocol/client';
import { Browser } from './browser.ts';

/**
 * What an MCP client keeps for OAuth, in memory: its registration, the PKCE verifier and the tokens.
 * The SDK does discovery, dynamic registration and the code exchange; a `Browser` does the person's part.
 */
export class SignIn implements OAuthClientProvider {
  readonly redirectUrl = 'http://127.0.0.1:33418/callback';
  readonly clientMetadata: OAuthClientMetadata & { application_type: 'native' };
  /** The client's name at servers that read client ID metadata documents; at others it registers itself. */
  readonly clientMetadataUrl?: string;
  readonly #browser: Browser;
  readonly #state = randomUUID();
  #client: StoredOAuthClientInformation | undefined;
  #tokens: StoredOAuthTokens | undefined;
  #discovery: OAuthDiscoveryState | undefined;
  #verifier = '';
  #callback: URL | undefined;

  constructor(clientName: string, person: string, clientMetadataUrl?: string) {
    if (clientMetadataUrl !== undefined) this.clientMetadataUrl = clientMetadataUrl;
    this.#browser = new Browser(person);
    this.clientMetadata = {
      client_name: clientName,
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
    };
  }

  state(): string {
    return this.#state;
  }

  clientInformation(): StoredOAuthClientInformation | undefined {
    return this.#client;
  }

  saveClientInformation(client: StoredOAuthClientInformation): void {
    this.#client = client;
  }

  tokens(): StoredOAuthTokens | undefined {
    return this.#tokens;
  }

  saveTokens(tokens: StoredOAuthTokens): void {
    this.#tokens = tokens;
  }

  /** The code goes to the authorization server that issued it, whatever the portal names by then. */
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#discovery;
  }

  saveDiscoveryState(state: OAuthDiscoveryState): void {
    this.#discovery = state;
  }

  codeVerifier(): string {
    return this.#verifier;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  async redirectToAuthorization(url: URL): Promise<void> {
    this.#callback = await this.#browser.visit(url, new URL(this.redirectUrl));
  }

  /**
   * The parameters that came back to the redirect URI.
   * @throws Error when the state is not ours or the person was refused, with the reason.
   */
  callbackParameters(): URLSearchParams {
    const parameters = this.#callback?.searchParams;
    if (!parameters) throw new Error('Nobody has signed in yet.');
    if (parameters.get('state') !== this.#state) throw new Error('The answer belongs to another sign-in.');
    const error = parameters.get('error');
    if (!error) return parameters;
    const reason = this.#browser.refusal ?? parameters.get('error_description') ?? 'no reason given';
    throw new Error(`${error}: ${reason}`);
  }
}
