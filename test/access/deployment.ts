import { createHash, randomBytes } from 'node:crypto';
import { KMSClient } from '@aws-sdk/client-kms';
import type { OAuthOptions } from '../../lambdas/access/oauth-application.ts';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import type { AuditWriter, Authentication } from '../../lambdas/audit/record.ts';
import type { NamedPolicy } from '../../lambdas/policy/decision.ts';
import type { PortalSnapshot, VersionedSnapshot } from '../../lambdas/policy/snapshot.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestServices, startTestStore, type TestStore } from '../fixtures/store.ts';
import { Browser, formPost, httpRequest, type Page, type Service } from './browser.ts';
import { type ScriptedIdentityProvider, startIdentityProvider } from './identity-provider.ts';

export const ORIGIN = 'https://sallyport.test';
export const LISTED_REDIRECT = 'https://hosted.example/callback';
export const LOOPBACK_REDIRECT = 'http://127.0.0.1:49152/callback';

const STAFF: NamedPolicy[] = [
  {
    id: 'staff',
    spec: { action: 'allow', include: [{ emailDomain: 'example.com' }], require: [], exclude: [] },
  },
];

const PORTAL: Omit<PortalSnapshot['portal'], 'policies'> = {
  id: 'main',
  title: 'Main',
  description: undefined,
  payloads: 'metadata',
  clients: { approval: 'none', hosts: [] },
};

export interface TestDeployment {
  service: Service;
  idp: ScriptedIdentityProvider;
  identity: Table;
  vault: Table;
  options: OAuthOptions;
  /** Names for the environment of a function. */
  tableName: TestStore['tableName'];
  bucket: string;
  /** Authentication records, oldest first. */
  records: Authentication[];
  /** Replaces the portal's policies; undefined means that nothing was applied yet. */
  setPolicies(policies: readonly NamedPolicy[] | undefined): void;
  /** Replaces what else the portal's document says. */
  setPortal(portal: Partial<Pick<PortalSnapshot['portal'], 'clients' | 'payloads' | 'title'>>): void;
  browser(): Browser;
  close(): Promise<void>;
}

/** The OAuth service on real tables and a real KMS interface, with a scripted identity provider. */
export async function startDeployment(): Promise<TestDeployment> {
  const [store, services, idp] = [
    await startTestStore(),
    await startTestServices(),
    await startIdentityProvider(),
  ];
  const records: Authentication[] = [];
  const unused = async () => {
    throw new Error('The OAuth service records authentication only.');
  };
  const audit: AuditWriter = {
    intent: unused,
    outcome: unused,
    change: unused,
    authentication: async (event) => void records.push(event),
  };
  let snapshot: VersionedSnapshot | undefined;
  let version = 0;
  const setPolicies = (policies: readonly NamedPolicy[] | undefined) => {
    version += 1;
    snapshot = policies && {
      version: String(version),
      snapshot: {
        portal: { ...PORTAL, policies },
        servers: [],
        groups: {},
        lists: {},
        evaluations: {},
      },
    };
  };
  const setPortal: TestDeployment['setPortal'] = (portal) => {
    if (!snapshot) throw new Error('There is no portal.');
    version += 1;
    const { snapshot: now } = snapshot;
    snapshot = {
      version: String(version),
      snapshot: { ...now, portal: { ...PORTAL, policies: now.portal.policies, ...portal } },
    };
  };
  setPolicies(STAFF);
  const options: OAuthOptions = {
    origin: ORIGIN,
    deployment: 'Example Sallyport',
    identity: new Table(store.tableName('identity')),
    policies: new Table(store.tableName('policies')),
    vault: new Table(store.tableName('vault')),
    kms: new KMSClient({}),
    vaultKeyArn: services.keyArn,
    idp: { issuer: idp.issuer, clientId: idp.clientId, name: 'cognito' },
    allowedRedirectUris: [LISTED_REDIRECT, 'cursor://anysphere.cursor-retrieval/callback'],
    outgoingNetworks: ['127.0.0.0/8', '::1/128'],
    admission: { portalId: 'main', snapshots: { current: async () => snapshot } },
    audit,
    auditRetentionDays: 30,
  };
  const service = createOAuthService(options);
  return {
    service,
    idp,
    identity: options.identity,
    vault: options.vault,
    options,
    tableName: store.tableName,
    bucket: services.bucket,
    records,
    setPolicies,
    setPortal,
    browser: () => new Browser(service, ORIGIN),
    async close() {
      await Promise.all([store.close(), services.close(), idp.close()]);
    },
  };
}

export async function postJson(service: Service, path: string, body: unknown) {
  const answer = await service(
    httpRequest(`${ORIGIN}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    }),
  );
  return { status: answer.status, headers: answer.headers ?? {}, body: JSON.parse(answer.body ?? '{}') };
}

export async function postForm(service: Service, path: string, values: Record<string, string>, headers = {}) {
  const call = formPost(values);
  const answer = await service(
    httpRequest(`${ORIGIN}${path}`, { ...call, headers: { ...call.headers, ...headers } }),
  );
  return {
    status: answer.status,
    headers: answer.headers ?? {},
    body: answer.body ? JSON.parse(answer.body) : {},
  };
}

export async function register(service: Service, metadata: Record<string, unknown> = {}): Promise<string> {
  const { body } = await postJson(service, '/oauth/register', {
    client_name: 'Test client',
    redirect_uris: [LOOPBACK_REDIRECT],
    ...metadata,
  });
  return body.client_id;
}

export interface AuthorizationRequest {
  url: URL;
  verifier: string;
  redirectUri: string;
}

export function authorizationRequest(
  clientId: string,
  parameters: Record<string, string> = {},
): AuthorizationRequest {
  const verifier = randomBytes(32).toString('base64url');
  const redirectUri = parameters.redirect_uri ?? LOOPBACK_REDIRECT;
  const url = new URL(`${ORIGIN}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state: 'the-state',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  }).toString();
  return { url, verifier, redirectUri };
}

/** The form of a consent page. */
export function consentForm(page: Page): { action: URL; csrf: string; switchUrl: URL } {
  const found = (pattern: RegExp) => {
    const value = pattern.exec(page.body)?.[1];
    if (value === undefined) throw new Error(`No consent page but ${page.status}: ${page.body}`);
    return value.replaceAll('&#38;', '&');
  };
  return {
    action: new URL(found(/<form method="post" action="([^"]+)"/), page.url),
    csrf: found(/name="csrf" value="([^"]+)"/),
    switchUrl: new URL(found(/href="([^"]+\/switch[^"]+)"/), page.url),
  };
}

export const backToClient = (request: AuthorizationRequest) => (url: URL) =>
  url.href.startsWith(request.redirectUri);

/** Signs in, consents and returns the parameters that the client gets. */
export async function authorize(
  browser: Browser,
  request: AuthorizationRequest,
  decision = 'allow',
): Promise<URLSearchParams> {
  const until = backToClient(request);
  const page = await browser.visit(request.url, {}, until);
  if (page.status === 0) return page.url.searchParams;
  const { action, csrf } = consentForm(page);
  const done = await browser.visit(action, formPost({ csrf, decision }), until);
  if (done.status !== 0) throw new Error(`The client got no answer but a page ${done.status}: ${done.body}`);
  return done.url.searchParams;
}

export function redeem(
  service: Service,
  clientId: string,
  request: AuthorizationRequest,
  code: string,
  more = {},
) {
  return postForm(service, '/oauth/token', {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    redirect_uri: request.redirectUri,
    code_verifier: request.verifier,
    ...more,
  });
}

export const refresh = (service: Service, clientId: string, token: string, more = {}) =>
  postForm(service, '/oauth/token', {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: token,
    ...more,
  });

/** The whole way from nothing to tokens, in a new browser. */
export async function connect(
  deployment: TestDeployment,
  clientId: string,
  parameters: Record<string, string> = {},
) {
  const request = authorizationRequest(clientId, parameters);
  const answer = await authorize(deployment.browser(), request);
  const code = answer.get('code');
  if (!code) throw new Error(`No code but ${answer.toString()}`);
  return (await redeem(deployment.service, clientId, request, code)).body;
}
