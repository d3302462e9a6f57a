import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { errors, type Provider } from 'oidc-provider';
import { listenOnLoopback, readBody } from '../services/loopback.ts';
import { type Account, accountsOf, type SignInChoices } from './accounts.ts';
import { createPool } from './provider.ts';
import { signInPage } from './sign-in-page.ts';
import { signingKey } from './signing-key.ts';

const MAX_FORM = 4096;

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>;

export interface CognitoOptions extends SignInChoices {
  /** 0 for any free port. */
  port: number;
  poolId: string;
  clientId: string;
  callbackUrls: readonly string[];
  /** Where the signing key and the sign-ins are kept. */
  dataFolder: string;
  /** Is told of every attempt to sign in at the pool itself. */
  attempted?: Attempted;
}

type Attempted = (success: boolean) => void;

export interface RunningCognito {
  /** `http://127.0.0.1:<port>/<pool id>`, with discovery below it. */
  issuer: string;
  close: () => Promise<void>;
}

/** Starts a stand-in for a Cognito user pool with a sign-in page on the loopback interface. */
export async function startCognito(options: CognitoOptions): Promise<RunningCognito> {
  const key = await signingKey(options.dataFolder);
  let listener: RequestListener | undefined;
  const server = await listenOnLoopback(options.port, (request, response) => listener?.(request, response));
  const issuer = `${server.origin}/${options.poolId}`;
  const accounts = accountsOf(options);
  const pool = createPool({ ...options, accounts, issuer, key });
  listener = serve(pool, `/${options.poolId}`, accounts, options.attempted);
  return { issuer, close: server.close };
}

function serve(
  pool: Provider,
  mount: string,
  accounts: readonly Account[],
  attempted: Attempted = () => undefined,
): RequestListener {
  const openId = pool.callback();
  return (request, response) => {
    const url = request.url ?? '/';
    if (url.startsWith(`${mount}/sign-in/`)) {
      signIn({ pool, accounts, attempted }, request, response).catch((error: unknown) => {
        console.error(error);
        sendText(response, 500, 'The user pool failed; its log says why.');
      });
    } else if (url.startsWith(`${mount}/`)) {
      request.url = url.slice(mount.length);
      Object.assign(request, { originalUrl: url });
      void openId(request, response);
    } else {
      sendText(response, 404, `There is no user pool here but ${mount}.`);
    }
  };
}

interface SignInPage {
  pool: Provider;
  accounts: readonly Account[];
  attempted: Attempted;
}

async function signIn(
  { pool, accounts, attempted }: SignInPage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const interaction = await interactionOf(pool, request, response);
  if (!interaction)
    return sendText(
      response,
      400,
      'This sign-in is over or was begun in another browser. Start again at the application.',
    );
  const asked = interaction.params.identity_provider;
  const offered = accounts.filter(({ provider }) => asked === undefined || provider?.name === asked);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
    response.end(signInPage(offered));
    return;
  }
  const form = new URLSearchParams((await readBody(request, MAX_FORM))?.toString('utf8'));
  const account = offered.find(({ choice }) => choice === form.get('person'));
  const cancelled = !account && form.has('cancel');
  if (!cancelled && !account?.provider) attempted(account !== undefined);
  if (account) {
    await endSessionOfAnother(pool, interaction, account);
    return pool.interactionFinished(request, response, { login: { accountId: account.sub } });
  }
  if (!cancelled) return sendText(response, 400, 'There is nobody of that name in this user pool.');
  return pool.interactionFinished(request, response, {
    error: 'access_denied',
    error_description: 'The sign-in was cancelled.',
  });
}

/** The cookie alone is not enough: it must be this address's sign-in. */
async function interactionOf(
  pool: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Interaction | undefined> {
  try {
    const interaction = await pool.interactionDetails(request, response);
    return request.url?.endsWith(`/sign-in/${interaction.uid}`) ? interaction : undefined;
  } catch (error) {
    if (error instanceof errors.OIDCProviderError) return undefined;
    throw error;
  }
}

/** Cognito replaces whoever was signed in; the library would ask the browser to sign them out first. */
async function endSessionOfAnother(
  pool: Provider,
  interaction: Interaction,
  { sub }: Account,
): Promise<void> {
  if (!interaction.session || interaction.session.accountId === sub) return;
  const session = await pool.Session.findByUid(interaction.session.uid);
  await session?.destroy();
  interaction.session = undefined;
  await interaction.persist();
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text);
}
