import * as oauth from 'oauth4webapi';
import { SallyportError } from '../../shared/errors.ts';
import { isLoopback } from '../clients/redirect-rules.ts';
import { SignInRefused } from './sign-in-refused.ts';

export interface IdentityProviderOptions {
  issuer: string;
  clientId: string;
  redirectUri: string;
  /** The one provider behind the user pool: its page is shown at once, without a choice before it. */
  behind?: string;
}

/** What one sign-in must prove to have started itself. */
export interface SignInProof {
  state: string;
  nonce: string;
  verifier: string;
}

const DISCOVERY_KEPT_MS = 60 * 60 * 1_000;
const PATIENCE_MS = 8_000;
const LONGEST_WORDS = 300;

export const newProof = (): SignInProof => ({
  state: oauth.generateRandomState(),
  nonce: oauth.generateRandomNonce(),
  verifier: oauth.generateRandomCodeVerifier(),
});

/** The organisation's identity provider, asked by OpenID Connect with code, PKCE and nonce. */
export class IdentityProvider {
  readonly #options: IdentityProviderOptions;
  readonly #client: oauth.Client;
  #metadata: { at: number; value: Promise<oauth.AuthorizationServer> } | undefined;

  constructor(options: IdentityProviderOptions) {
    this.#options = options;
    this.#client = { client_id: options.clientId };
  }

  /** Where to send the browser. `again` asks the provider not to reuse its own session. */
  async authorizationUrl(
    proof: SignInProof,
    options: { again: boolean; loginHint: string | undefined },
  ): Promise<string> {
    const server = await this.#discover();
    if (!server.authorization_endpoint) throw unavailable('its metadata names no authorization endpoint');
    const url = new URL(server.authorization_endpoint);
    const parameters = {
      response_type: 'code',
      client_id: this.#options.clientId,
      redirect_uri: this.#options.redirectUri,
      scope: 'openid email profile',
      state: proof.state,
      nonce: proof.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(proof.verifier),
      code_challenge_method: 'S256',
      ...(this.#options.behind ? { identity_provider: this.#options.behind } : {}),
      ...(options.again ? { prompt: 'login' } : {}),
      ...(options.loginHint ? { login_hint: options.loginHint } : {}),
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    return url.href;
  }

  /**
   * Redeems the provider's answer for the claims of a validated ID token.
   * @throws SallyportError `sign_in_refused` 403 when the provider refused or its answer does not fit;
   *   `idp_unavailable` 502 when it cannot be asked.
   */
  async redeem(answer: URLSearchParams, proof: SignInProof): Promise<oauth.IDToken> {
    const server = await this.#discover();
    try {
      const parameters = oauth.validateAuthResponse(server, this.#client, answer, proof.state);
      const response = await oauth.authorizationCodeGrantRequest(
        server,
        this.#client,
        oauth.None(),
        parameters,
        this.#options.redirectUri,
        proof.verifier,
        this.#http(),
      );
      const tokens = await oauth.processAuthorizationCodeResponse(server, this.#client, response, {
        expectedNonce: proof.nonce,
        requireIdToken: true,
      });
      await oauth.validateApplicationLevelSignature(server, response, this.#http());
      const claims = oauth.getValidatedIdTokenClaims(tokens);
      if (!claims) throw refused('it sent no ID token');
      return claims;
    } catch (error) {
      if (error instanceof SallyportError) throw error;
      if (error instanceof oauth.AuthorizationResponseError)
        throw refused(`it answered ${error.error}`, error.error_description);
      if (error instanceof oauth.ResponseBodyError)
        throw refused(`it answered ${error.error}`, error.error_description);
      if (error instanceof oauth.OperationProcessingError)
        throw refused('its answer is not valid', error.message);
      throw unavailable('it did not answer', error);
    }
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    if (!this.#metadata || Date.now() - this.#metadata.at > DISCOVERY_KEPT_MS) {
      const value = this.#fetchMetadata();
      this.#metadata = { at: Date.now(), value };
      value.catch(() => {
        if (this.#metadata?.value === value) this.#metadata = undefined;
      });
    }
    return this.#metadata.value;
  }

  async #fetchMetadata(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.#options.issuer);
    try {
      const response = await oauth.discoveryRequest(issuer, { algorithm: 'oidc', ...this.#http() });
      return await oauth.processDiscoveryResponse(issuer, response);
    } catch (error) {
      throw unavailable('its metadata could not be read', error);
    }
  }

  /** Plain http only where the configured issuer itself is on this machine. */
  #http() {
    return {
      [oauth.allowInsecureRequests]: isLoopback(this.#options.issuer),
      signal: () => AbortSignal.timeout(PATIENCE_MS),
    };
  }
}

/** @param said the provider's own words, which tell administrators what to change. */
const refused = (why: string, said?: string) =>
  new SignInRefused(
    `The identity provider did not sign you in: ${why}. Go back to the application and try again.`,
    said ? { recorded: `It said: ${said.slice(0, LONGEST_WORDS)}.` } : {},
  );

const unavailable = (why: string, cause?: unknown) =>
  new SallyportError(
    'idp_unavailable',
    502,
    `The identity provider cannot be used at the moment: ${why}. Try again in a minute.`,
    { cause },
  );
