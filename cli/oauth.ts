import * as oauth from 'oauth4webapi';
import { CLI_CLIENT_ID } from '../lambdas/shared/origin.ts';
import { Failure } from './failure.ts';

export interface Tokens {
  accessToken: string;
  refreshToken?: string | undefined;
  /** Epoch seconds. */
  expiresAt: number;
}

/** A resource of the deployment with the scope that opens it. */
export interface Target {
  resource: string;
  scope: string;
}

export interface Authorization {
  url: URL;
  redirectUri: string;
  verifier: string;
  state: string;
}

const client: oauth.Client = { client_id: CLI_CLIENT_ID };

const isLoopback = (url: string) => ['127.0.0.1', '[::1]'].includes(new URL(url).hostname);
/** Plain http is for a deployment on this machine only. */
const transport = (url: string) => ({ [oauth.allowInsecureRequests]: isLoopback(url) });

/** The authorization server refused; `code` is its OAuth error. */
export class SignInRefused extends Failure {
  readonly code: string;

  constructor(code: string, description: string | undefined) {
    super(`The sign-in was refused: ${description ?? code}`);
    this.code = code;
  }
}

/** Says what the authorization server said; other errors pass. */
function explain(error: unknown): never {
  if (error instanceof oauth.AuthorizationResponseError || error instanceof oauth.ResponseBodyError) {
    throw new SignInRefused(error.error, error.error_description);
  }
  if (error instanceof oauth.OperationProcessingError) {
    throw new Failure(`The answer of the deployment's OAuth server was not as it must be: ${error.message}.`);
  }
  throw error;
}

/** The OAuth server of a deployment (RFC 8414). */
export async function discover(url: string): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(url);
  try {
    const response = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...transport(url) });
    return await oauth.processDiscoveryResponse(issuer, response);
  } catch (error) {
    if (!(error instanceof oauth.OperationProcessingError)) throw error;
    throw new Failure(
      `${url} does not answer as a Sallyport deployment of that address. Give its origin exactly, with --url or SALLYPORT_URL.`,
    );
  }
}

/** An authorization request with PKCE (RFC 7636), for one resource (RFC 8707). */
export async function beginAuthorization(
  server: oauth.AuthorizationServer,
  { resource, scope }: Target,
  redirectUri: string,
): Promise<Authorization> {
  if (!server.authorization_endpoint) throw new Failure('The deployment has no authorization endpoint.');
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: CLI_CLIENT_ID,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    resource,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }).toString();
  return { url, redirectUri, verifier, state };
}

function toTokens(response: oauth.TokenEndpointResponse): Tokens {
  return {
    accessToken: response.access_token,
    refreshToken: response.refresh_token,
    expiresAt: Math.floor(Date.now() / 1000) + (response.expires_in ?? 300),
  };
}

/** True when this callback answers that request. */
export const answers = (authorization: Authorization, callback: URL): boolean =>
  callback.searchParams.get('state') === authorization.state;

/** Exchanges the code of a callback; a refusal is thrown with its reason. */
export async function redeem(
  server: oauth.AuthorizationServer,
  authorization: Authorization,
  callback: URL,
  { resource }: Target,
): Promise<Tokens> {
  try {
    const parameters = oauth.validateAuthResponse(server, client, callback, authorization.state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      parameters,
      authorization.redirectUri,
      authorization.verifier,
      { additionalParameters: { resource }, ...transport(server.issuer) },
    );
    return toTokens(await oauth.processAuthorizationCodeResponse(server, client, response));
  } catch (error) {
    return explain(error);
  }
}

/** New tokens for an old refresh token; undefined when the sign-in has ended. */
export async function renew(
  server: oauth.AuthorizationServer,
  refreshToken: string,
  { resource }: Target,
): Promise<Tokens | undefined> {
  try {
    const response = await oauth.refreshTokenGrantRequest(server, client, oauth.None(), refreshToken, {
      additionalParameters: { resource },
      ...transport(server.issuer),
    });
    return toTokens(await oauth.processRefreshTokenResponse(server, client, response));
  } catch (error) {
    if (error instanceof oauth.ResponseBodyError && error.error === 'invalid_grant') return undefined;
    return explain(error);
  }
}

/** Ends what a token stands for (RFC 7009). */
export async function revoke(server: oauth.AuthorizationServer, token: string): Promise<void> {
  const response = await oauth.revocationRequest(
    server,
    client,
    oauth.None(),
    token,
    transport(server.issuer),
  );
  await oauth.processRevocationResponse(response);
}
