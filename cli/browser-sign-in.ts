import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { Failure } from './failure.ts';
import { type Authorization, answers } from './oauth.ts';

const PATIENCE_MS = 5 * 60_000;

/** Opens an address with the desktop's own command; without one the printed address has to do. */
function openInBrowser(url: string): void {
  const [command, ...parameters] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', url]
        : ['xdg-open', url];
  const opener = spawn(command, parameters, { stdio: 'ignore', detached: true });
  opener.on('error', () => {});
  opener.unref();
}

function tell(response: ServerResponse, status: number, text: string): void {
  const headers = {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'",
    'cache-control': 'no-store',
    connection: 'close',
  };
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sallyport</title><p>${text}</p></html>`;
  response.writeHead(status, headers).end(page);
}

export interface BrowserSignIn {
  /** Makes the authorization request for a redirect URI. */
  begin(redirectUri: string): Promise<Authorization>;
  /** Tells the person where to sign in. */
  announce(url: string): void;
  open: boolean;
}

/**
 * Lets a person sign in with a browser and waits for the answer on a loopback port (RFC 8252 section 7.3).
 * @throws Failure after five minutes.
 */
export async function signInWithBrowser(
  signIn: BrowserSignIn,
): Promise<{ authorization: Authorization; callback: URL }> {
  const answer = Promise.withResolvers<URL>();
  let authorization: Authorization | undefined;
  const server = createServer((request, response) => {
    const url = URL.parse(request.url ?? '', authorization?.redirectUri);
    if (url?.pathname !== '/callback') return tell(response, 404, 'There is nothing here.');
    if (!authorization || !answers(authorization, url)) {
      return tell(response, 400, 'This is not the answer to the sign-in that is under way.');
    }
    const denied = url.searchParams.has('error');
    tell(
      response,
      200,
      denied ? 'Not signed in. Go back to the terminal.' : 'Done. Go back to the terminal.',
    );
    answer.resolve(url);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const timer = setTimeout(() => {
    answer.reject(new Failure('Nobody signed in within five minutes.'));
  }, PATIENCE_MS);
  try {
    const port = typeof address === 'object' && address ? address.port : 0;
    authorization = await signIn.begin(`http://127.0.0.1:${port}/callback`);
    signIn.announce(authorization.url.href);
    if (signIn.open) openInBrowser(authorization.url.href);
    return { authorization, callback: await answer.promise };
  } finally {
    clearTimeout(timer);
    server.close();
  }
}
