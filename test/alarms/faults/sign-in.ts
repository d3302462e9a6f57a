import * as oauth from 'oauth4webapi';
import { CookieJar } from 'tough-cookie';
import { createOAuthService } from '../../../lambdas/access/oauth-service.ts';
import { measureSignIns } from '../../../local/cloudwatch/service-metrics.ts';
import { PEOPLE } from '../../../local/cognito/people.ts';
import { startCognito } from '../../../local/cognito/start-cognito.ts';
import { Browser } from '../../access/browser.ts';
import {
  authorizationRequest,
  ORIGIN,
  register,
  startDeployment,
  type TestDeployment,
} from '../../access/deployment.ts';
import type { Fault, Scene } from '../scene.ts';

const isCallback = (url: URL) => url.origin === ORIGIN && url.pathname === '/oauth/callback';

async function startUserPool({ deployment, folder, put }: Scene) {
  const { id, clientId, callbackUrls } = deployment.userPool;
  return startCognito({
    port: 0,
    poolId: id,
    clientId,
    callbackUrls,
    people: PEOPLE,
    dataFolder: folder,
    attempted: measureSignIns(deployment.userPool, put),
  });
}

/** Opens the pool's sign-in page; returns how to send its form, again and again. */
async function openSignIn(issuer: string, { clientId, callbackUrls }: Scene['deployment']['userPool']) {
  const jar = new CookieJar();
  const open = async (url: string, form?: Record<string, string>): Promise<Response> => {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: await jar.getCookieString(url) },
      ...(form ? { method: 'POST', body: new URLSearchParams(form) } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url);
    return response;
  };
  const verifier = oauth.generateRandomCodeVerifier();
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: callbackUrls[0] ?? '',
    scope: 'openid email',
    state: 'state',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const server = await oauth.processDiscoveryResponse(
    new URL(issuer),
    await oauth.discoveryRequest(new URL(issuer), { [oauth.allowInsecureRequests]: true }),
  );
  const asked = await open(`${server.authorization_endpoint}?${parameters.toString()}`);
  const page = new URL(asked.headers.get('location') ?? '', issuer).href;
  return (form: Record<string, string>) => open(page, form);
}

let started: Promise<TestDeployment> | undefined;

/** The OAuth provider with an application's request to sign in; there is one for all faults. */
async function provider() {
  started ??= startDeployment();
  const deployment = await started;
  const request = authorizationRequest(await register(deployment.service));
  return { deployment, request };
}

export async function closeProvider(): Promise<void> {
  await (await started)?.close();
}

export const signInFaults: Fault[] = [
  {
    by: 'callbacks that arrive in other browsers',
    raises: ['SignInFailed'],
    minutes: 1,
    async start() {
      const { deployment, request } = await provider();
      const { url } = await deployment.browser().visit(request.url, {}, isCallback);
      return {
        async inject() {
          for (let times = 0; times < 50; times++) await deployment.browser().request(url);
        },
      };
    },
  },
  {
    by: 'an identity provider that is down',
    raises: ['IdentityProviderUnavailable'],
    minutes: 1,
    async start() {
      const { deployment, request } = await provider();
      const { options } = deployment;
      const idp = { ...options.idp, issuer: 'http://127.0.0.1:1/pool' };
      const service = createOAuthService({ ...options, idp });
      return {
        async inject() {
          for (let times = 0; times < 5; times++) await new Browser(service, ORIGIN).visit(request.url);
        },
      };
    },
  },
  {
    by: 'a flood of wrong passwords',
    raises: ['PasswordsRefused'],
    minutes: 1,
    async start(scene) {
      const cognito = await startUserPool(scene);
      const send = await openSignIn(cognito.issuer, scene.deployment.userPool);
      return {
        async inject() {
          for (let times = 0; times < 100; times++) await send({ person: 'mallory' });
          await send({ person: 'alice' });
        },
        stop: () => cognito.close(),
      };
    },
  },
];
