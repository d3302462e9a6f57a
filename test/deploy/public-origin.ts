import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';

/** The public origin, on loopback. Until the deployment has a distribution, it answers 503. */
export interface PublicOrigin extends AsyncDisposable {
  url: string;
  /** The host name of the distribution that answers from now on. */
  distribution: string | undefined;
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse, emulator: URL, host: string): void {
  const { connection: _connection, ...headers } = incoming.headers;
  const request = send({
    host: emulator.hostname,
    port: emulator.port,
    method: incoming.method,
    path: incoming.url,
    // As the edge does: what reaches the distribution came by https.
    headers: { ...headers, host, 'x-forwarded-proto': 'https' },
  });
  request.once('response', (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
    answer.once('error', () => outgoing.destroy());
  });
  request.once('error', () => outgoing.destroy());
  outgoing.once('close', () => request.destroy());
  incoming.pipe(request);
}

/** Stands where DNS and TLS are for a deployment: it brings requests to the emulator's distribution, unchanged. */
export async function startPublicOrigin(emulator: URL): Promise<PublicOrigin> {
  const server = createServer((incoming, outgoing) => {
    if (origin.distribution) forward(incoming, outgoing, emulator, origin.distribution);
    else outgoing.writeHead(503).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin: PublicOrigin = {
    url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    distribution: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return origin;
}

/** The status that a distribution answers with. */
export async function statusAt(emulator: URL, distribution: string, path = '/'): Promise<number> {
  await using origin = await startPublicOrigin(emulator);
  origin.distribution = distribution;
  return (await fetch(new URL(path, origin.url))).status;
}
