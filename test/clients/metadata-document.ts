import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { generate } from 'selfsigned';

export interface Publisher extends AsyncDisposable {
  /** The URL of a document that nobody has asked for yet. */
  publish(): string;
  /** True once the document was fetched. */
  wasFetched(url: string): boolean;
  /** A file with the certificate that whoever fetches a document has to trust. */
  certificateFile: string;
}

const documentOf = (url: string) => ({
  client_id: url,
  client_name: 'Documented client',
  redirect_uris: ['/callback', '/oauth/callback'].flatMap((path) => [
    `http://127.0.0.1${path}`,
    `http://localhost${path}`,
  ]),
  grant_types: ['authorization_code', 'refresh_token'],
  response_types: ['code'],
  token_endpoint_auth_method: 'none',
});

/** Publishes client ID metadata documents over https on this machine, as makers of clients do on the internet. */
export async function startPublisher(folder: string): Promise<Publisher> {
  const localhost = { name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'localhost' }] };
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [localhost],
  });
  const fetched = new Set<string>();
  let origin = '';
  const server = createServer({ cert, key }, ({ url = '' }, response) => {
    fetched.add(`${origin}${url}`);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(documentOf(`${origin}${url}`)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port.');
  origin = `https://localhost:${address.port}`;
  const certificateFile = join(folder, 'certificate.pem');
  writeFileSync(certificateFile, cert);
  return {
    publish: () => `${origin}/${randomUUID()}/client.json`,
    wasFetched: (url) => fetched.has(url),
    certificateFile,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
