import { createHash, randomBytes } from 'node:crypto';
import * as z from 'zod';
import { signInHeadless } from '../../cli/headless-sign-in.ts';

const tokens = z.object({ access_token: z.string(), refresh_token: z.string() });
export type Tokens = z.output<typeof tokens>;

/** An OAuth client of a deployment, by plain HTTP: every request is the test's own. */
export class Connection {
  readonly origin: string;
  readonly clientId: string;
  readonly redirectUri = 'http://127.0.0.1:40404/callback';
  readonly #verifier = randomBytes(32).toString('base64url');

  private constructor(origin: string, clientId: string) {
    this.origin = origin;
    this.clientId = clientId;
  }

  static async register(origin: string): Promise<Connection> {
    const response = await fetch(`${origin}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Test',
        redirect_uris: ['http://127.0.0.1:40404/callback'],
        grant_types: ['authorization_code', 'refresh_token'],
      }),
    });
    return new Connection(origin, z.object({ client_id: z.string() }).parse(await response.json()).client_id);
  }

  /** Signs a person in and consents; the query of the redirect has the code or the error. */
  async authorize(person: string, resource = `${this.origin}/mcp`): Promise<URLSearchParams> {
    const authorizationUrl = new URL(`${this.origin}/oauth/authorize`);
    authorizationUrl.search = new URLSearchParams({
      client_id: this.clientId,
      response_type: 'code',
      redirect_uri: this.redirectUri,
      scope: 'mcp offline_access',
      resource,
      code_challenge: createHash('sha256').update(this.#verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }).toString();
    const { searchParams } = await signInHeadless({
      authorizationUrl,
      redirectUri: this.redirectUri,
      person,
    });
    return searchParams;
  }

  redeem(code: string): Promise<Response> {
    return this.#token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.redirectUri,
      code_verifier: this.#verifier,
    });
  }

  refresh(refreshToken: string): Promise<Response> {
    return this.#token({ grant_type: 'refresh_token', refresh_token: refreshToken });
  }

  async signIn(person: string): Promise<Tokens> {
    const code = (await this.authorize(person)).get('code') ?? '';
    return readTokens(await this.redeem(code));
  }

  #token(parameters: Record<string, string>): Promise<Response> {
    return fetch(`${this.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ ...parameters, client_id: this.clientId }),
    });
  }
}

export const readTokens = async (response: Response): Promise<Tokens> => tokens.parse(await response.json());
