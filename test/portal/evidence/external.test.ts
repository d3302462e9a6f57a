import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { createGuardedFetch } from '../../../lambdas/access/guarded-fetch.ts';
import { ExternalEvaluations } from '../../../lambdas/portal/evidence/external.ts';
import { createOutgoing } from '../../../lambdas/shared/outgoing.ts';

const ORIGIN = 'https://sallyport.test';
const alice = { person: 'p_alice', email: 'alice@example.com', session: 's_1', ip: '192.0.2.1' };

let server: Server;
let url: string;
let own: Awaited<ReturnType<typeof generateKeyPair>>;
let asked: { nonce: string; email?: string }[] = [];
let respond: (nonce: string, response: ServerResponse, request: IncomingMessage) => Promise<unknown>;
let pairs: Awaited<ReturnType<typeof generateKeyPair>>;

const signed = (claims: object, key = pairs.privateKey, issuer = `${url}/evaluate`) =>
  new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'one' })
    .setIssuer(issuer)
    .setAudience(ORIGIN)
    .setIssuedAt()
    .setExpirationTime('1m')
    .sign(key);

beforeAll(async () => {
  [own, pairs] = [await generateKeyPair('ES256'), await generateKeyPair('ES256')];
  const keys = { keys: [{ ...(await exportJWK(pairs.publicKey)), kid: 'one', alg: 'ES256' }] };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { token } = JSON.parse(await text(request)) as { token: string };
    const question = decodeJwt<{ nonce: string; email?: string }>(token);
    asked.push(question);
    await respond(question.nonce, response, request);
  };
  server = createServer((request, response) => {
    if (request.url === '/keys') response.end(JSON.stringify(keys));
    else answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
});
afterAll(() => void server.close());
beforeEach(() => {
  asked = [];
  respond = async (nonce, response) => response.end(await signed({ success: true, nonce }));
});

interface Changed {
  spec?: object;
  networks?: string[];
  clock?: () => number;
}
function evaluations({ spec = {}, networks = ['127.0.0.0/8'], clock = Date.now }: Changed = {}) {
  const evaluation = {
    url: `${url}/evaluate`,
    keysUrl: `${url}/keys`,
    timeoutMs: 500,
    cacheSeconds: 60,
    ...spec,
  };
  return new ExternalEvaluations({
    origin: ORIGIN,
    portalId: 'default',
    signingKey: async () => ({ kid: 'ours', key: own.privateKey }),
    fetch: createGuardedFetch(createOutgoing(networks), { mostBytes: 64_000, timeoutMs: 1_000 }),
    evaluations: async () => ({ hours: evaluation }),
    clock,
  });
}
const answered = async (changed: Changed = {}) =>
  (await evaluations(changed).look(alice, ['hours'])).get('hours');

describe('an external evaluation', () => {
  it('says yes or no', async () => {
    expect(await answered()).toBe(true);
    respond = async (nonce, response) => response.end(await signed({ success: false, nonce }));
    expect(await answered()).toBe(false);
    expect(asked[0]).toMatchObject({
      email: 'alice@example.com',
      iss: ORIGIN,
      aud: `${url}/evaluate`,
      portal: 'default',
    });
  });

  it('is remembered for this question, as long as it says, and asked once by many', async () => {
    let now = Date.now();
    const all = evaluations({ clock: () => now, spec: { cacheSeconds: 10 } });
    await Promise.all(Array.from({ length: 20 }, () => all.look(alice, ['hours'])));
    expect(asked).toHaveLength(1);
    await all.look({ ...alice, ip: '192.0.2.2' }, ['hours']);
    await all.look({ ...alice, session: 's_2' }, ['hours']);
    expect(asked).toHaveLength(3);
    now += 11_000;
    await all.look(alice, ['hours']);
    expect(asked).toHaveLength(4);
  });

  it.each<[string, (nonce: string, response: ServerResponse) => Promise<unknown>]>([
    [
      'is signed by another key',
      async (nonce, response) =>
        response.end(await signed({ success: true, nonce }, (await generateKeyPair('ES256')).privateKey)),
    ],
    [
      'is signed with the key that we sign with',
      async (nonce, response) => response.end(await signed({ success: true, nonce }, own.privateKey)),
    ],
    [
      'answers another question',
      async (_nonce, response) => response.end(await signed({ success: true, nonce: 'old' })),
    ],
    [
      'comes in another name',
      async (nonce, response) =>
        response.end(await signed({ success: true, nonce }, pairs.privateKey, 'https://elsewhere.example')),
    ],
    [
      'is not signed',
      async (nonce, response) =>
        response.end(
          new UnsecuredJWT({ success: true, nonce })
            .setIssuer(`${url}/evaluate`)
            .setAudience(ORIGIN)
            .setIssuedAt()
            .setExpirationTime('1m')
            .encode(),
        ),
    ],
    [
      'says neither yes nor no',
      async (nonce, response) => response.end(await signed({ success: 'true', nonce })),
    ],
    [
      'is a redirect',
      async (_nonce, response) =>
        response.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end(),
    ],
    ['is endless', async (_nonce, response) => response.end('x'.repeat(100_000))],
    ['never comes', async () => undefined],
    [
      'drips',
      async (_nonce, response) => {
        const drip = setInterval(() => response.write('x'), 50);
        response.on('close', () => clearInterval(drip));
      },
    ],
    ['is a failure', async (_nonce, response) => response.writeHead(500).end()],
  ])('is unknown when the answer %s', async (_name, answer) => {
    respond = answer;
    expect(await answered()).toBeUndefined();
  });

  it('asks nothing at addresses that the deployment may not reach', async () => {
    expect(await answered({ networks: [] })).toBeUndefined();
    expect(await answered({ spec: { keysUrl: 'http://169.254.169.254/latest/meta-data' } })).toBeUndefined();
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  it('is unknown when there is no such evaluation', async () => {
    expect((await evaluations().look(alice, ['gone', 'constructor'])).size).toBe(0);
  });
});
