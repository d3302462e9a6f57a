import * as oauth from 'oauth4webapi';
import { SallyportError } from '../shared/errors.ts';
import { CONSOLE_CLIENT_ID, PORTAL_SCOPE, resourcesOf } from '../shared/origin.ts';

const client: oauth.Client = { client_id: CONSOLE_CLIENT_ID };

/** The reason that the authorization server gave, for the person. */
export class SignInRefused extends Error {}

/** The console as an OAuth client of the deployment's own authorization server, over its public origin. */
export class OwnIssuer {
  readonly #origin: string;
  readonly #redirectUri: string;
  readonly #transport: { [oauth.allowInsecureRequests]: boolean };
  #server: Promise<oauth.AuthorizationServer> | undefined;

  constructor(origin: string) {
    this.#origin = origin;
    this.#redirectUri = `${origin}/console/callback`;
    // Plain http comes from the configuration of an origin on this very machine only.
    this.#transport = { [oauth.allowInsecureRequests]: origin.startsWith('http:') };
  }

  async #metadata(): Promise<oauth.AuthorizationServer> {
    this.#server ??= this.#discover().catch((error: unknown) => {
      this.#server = undefined;
      throw error;
    });
    return this.#server;
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.#origin);
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...this.#transport });
    return oauth.processDiscoveryResponse(issuer, response);
  }

  /**
   * Where a browser is sent to sign in; keep the verifier for `redeem`.
   * @param again asks who it is even of a browser that is signed in.
   */
  async authorizationUrl(state: string, again: boolean): Promise<{ url: string; verifier: string }> {
    const { authorization_endpoint } = await this.#metadata();
    if (!authorization_endpoint) throw new Error('The authorization server names no authorization endpoint.');
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: CONSOLE_CLIENT_ID,
      response_type: 'code',
      redirect_uri: this.#redirectUri,
      scope: PORTAL_SCOPE,
      resource: resourcesOf(this.#origin).portal,
      state,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      ...(again ? { prompt: 'login' } : {}),
    }).toString();
    return { url: url.href, verifier };
  }

  /**
   * Exchanges the code of a callback for an access token.
   * @throws SignInRefused with the server's reason, SallyportError `invalid_callback` 400 for a forged answer.
   */
  async redeem(callback: URLSearchParams, state: string, verifier: string): Promise<string> {
    const server = await this.#metadata();
    try {
      const parameters = oauth.validateAuthResponse(server, client, callback, state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        client,
        oauth.None(),
        parameters,
        this.#redirectUri,
        verifier,
        { additionalParameters: { resource: resourcesOf(this.#origin).portal }, ...this.#transport },
      );
      return (await oauth.processAuthorizationCodeResponse(server, client, response)).access_token;
    } catch (error) {
      if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
        throw new SignInRefused(error.error_description ?? error.error);
      }
      if (error instanceof oauth.OperationProcessingError) {
        const message = 'The answer to the sign-in is not as it must be. Sign in again.';
        throw new SallyportError('invalid_callback', 400, message, { cause: error });
      }
      throw error;
    }
  }
}
