import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, type JWTHeaderParameters, SignJWT } from 'jose';
import type { AssertionIssuer } from '../../lambdas/access/flows/identity-assertion.ts';
import { listenOnLoopback } from '../../local/services/loopback.ts';

type Key = Parameters<SignJWT['sign']>[0];

/** An enterprise's identity provider that issues identity assertions (ID-JAG). */
export interface RunningIssuer extends AssertionIssuer {
  publicJwk: Record<string, unknown>;
  /** An assertion about Alice with these claims changed; undefined leaves one out. */
  assert(claims: Record<string, unknown>, header?: Partial<JWTHeaderParameters>, key?: Key): Promise<string>;
  /** Takes its keys off the network. */
  hideKeys(hidden: boolean): void;
  close(): Promise<void>;
}

export async function startIssuer(audience: () => string, idp = 'corporate'): Promise<RunningIssuer> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const publicJwk = { ...(await exportJWK(publicKey)), kid: idp, alg: 'ES256', use: 'sig' };
  let hidden = false;
  const server = await listenOnLoopback(0, (_request, response) => {
    response
      .writeHead(hidden ? 503 : 200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ keys: [publicJwk] }));
  });
  const issuer = `https://${idp}.example.com`;
  return {
    issuer,
    idp,
    jwksUri: `${server.origin}/jwks`,
    emailDomains: ['example.com'],
    publicJwk,
    assert: (claims, header = {}, key = privateKey) => {
      const now = Math.floor(Date.now() / 1000);
      const about = { sub: 'U0194', email: 'alice@example.com', scope: 'mcp', resource: `${audience()}/mcp` };
      const times = { iat: now, exp: now + 300 };
      const whole = { iss: issuer, aud: audience(), jti: randomUUID(), ...about, ...times, ...claims };
      return new SignJWT(whole)
        .setProtectedHeader({ alg: 'ES256', typ: 'oauth-id-jag+jwt', kid: idp, ...header })
        .sign(key);
    },
    hideKeys: (now) => {
      hidden = now;
    },
    close: () => server.close(),
  };
}
