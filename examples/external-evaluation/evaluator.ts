import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { createRemoteJWKSet, exportJWK, generateKeyPair, type JWTPayload, jwtVerify, SignJWT } from 'jose';

/** What the evaluator knows of a question once it has verified it. */
export type Question = JWTPayload & { email?: string; nonce?: string };

export interface Evaluator {
  /** For `spec.url` and `spec.keysUrl` of an ExternalEvaluation. */
  url: string;
  keysUrl: string;
  close(): void;
}

/**
 * A service that answers external evaluations: it verifies that the deployment asks, decides, and signs the answer.
 * @param deployment the origin of the deployment, such as https://ai.example.com.
 */
export async function startEvaluator(
  deployment: string,
  decide: (question: Question) => boolean,
): Promise<Evaluator> {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const keys = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
  const theirs = createRemoteJWKSet(new URL('/.well-known/sallyport-assertion-keys', deployment));
  let origin = '';

  async function answer(body: string): Promise<string> {
    const { token } = JSON.parse(body) as { token: string };
    const { payload } = await jwtVerify<Question>(token, theirs, {
      issuer: deployment,
      audience: `${origin}/evaluate`,
      typ: 'sallyport-evaluation+jwt',
      algorithms: ['ES256'],
    });
    return new SignJWT({ success: decide(payload), nonce: payload.nonce })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(`${origin}/evaluate`)
      .setAudience(deployment)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(privateKey);
  }

  const server = createServer((request, response) => {
    if (request.url === '/keys') {
      response.end(JSON.stringify(keys));
      return;
    }
    text(request)
      .then(answer)
      .then((signed) => response.end(signed))
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return { url: `${origin}/evaluate`, keysUrl: `${origin}/keys`, close: () => void server.close() };
}
