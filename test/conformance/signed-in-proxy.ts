import { type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import { decodeJwt } from 'jose';
import { Connection, readTokens, type Tokens } from '../e2e/connection.ts';
import { type Listening, listening } from '../fixtures/upstreams/listening.ts';

/** Seconds before its end at which an access token is renewed. */
const EARLY = 60;

const endsSoon = ({ access_token }: Tokens): boolean =>
  (decodeJwt(access_token).exp ?? 0) - EARLY < Date.now() / 1000;

/** Access tokens of one person, one after another: each is refreshed before it ends. */
async function signIn(origin: string, person: string): Promise<() => Promise<string>> {
  const connection = await Connection.register(origin);
  let tokens = connection.signIn(person);
  await tokens;
  return async () => {
    const current = await tokens;
    if (endsSoon(current)) tokens = connection.refresh(current.refresh_token).then(readTokens);
    return (await tokens).access_token;
  };
}

/** The proxy stands for the portal: a page of its own origin is one of the portal's, any other stays foreign. */
function headersFor(incoming: IncomingMessage, portal: URL, token: string) {
  const { host: _host, connection: _connection, origin, ...headers } = incoming.headers;
  const own = `http://127.0.0.1:${incoming.socket.localPort}`;
  return {
    ...headers,
    authorization: `Bearer ${token}`,
    ...(origin === undefined ? {} : { origin: origin === own ? portal.origin : origin }),
  };
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, portal: URL, token: string): void {
  const request = send(portal, { method: incoming.method, headers: headersFor(incoming, portal, token) });
  request.once('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.flushHeaders();
    answer.pipe(outgoing);
    answer.once('error', () => outgoing.destroy());
  });
  request.once('error', () => outgoing.destroy());
  outgoing.once('close', () => request.destroy());
  incoming.pipe(request);
}

/** A portal on loopback without sign-in, for a client that cannot send a token: everything else is the portal's. */
export async function startSignedInProxy(origin: string, person: string): Promise<Listening> {
  const accessToken = await signIn(origin, person);
  const portal = new URL(`${origin}/mcp`);
  return listening((incoming, outgoing) => {
    accessToken().then(
      (token) => forward(incoming, outgoing, portal, token),
      (error: unknown) => outgoing.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
}
