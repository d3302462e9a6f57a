import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { KMSClient } from '@aws-sdk/client-kms';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { ServiceTokens } from '../../lambdas/access/clients/service-tokens.ts';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { createHolderVerifier, createTokenVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { announceOn } from '../../lambdas/admin/announce.ts';
import { CatalogStore } from '../../lambdas/admin/catalog-store.ts';
import { dispatch } from '../../lambdas/admin/dispatch.ts';
import { DocumentStore } from '../../lambdas/admin/document-store.ts';
import type { AdminApi } from '../../lambdas/admin/route.ts';
import { createAuditWriter } from '../../lambdas/audit/writer.ts';
import { BrowserStore } from '../../lambdas/console/browser-store.ts';
import { OwnIssuer } from '../../lambdas/console/own-issuer.ts';
import { answerPage } from '../../lambdas/console/pages.ts';
import type { ServerCatalog } from '../../lambdas/policy/catalog.ts';
import { SnapshotReader } from '../../lambdas/policy/snapshot-store.ts';
import { SallyportError } from '../../lambdas/shared/errors.ts';
import { buffered } from '../../lambdas/shared/handler.ts';
import { resourcesOf } from '../../lambdas/shared/origin.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { PEOPLE } from '../../local/cognito/people.ts';
import { startCognito } from '../../local/cognito/start-cognito.ts';
import { restEvent } from '../admin/administration.ts';
import { healthSources } from '../admin/health-sources.ts';
import { startTestServices, startTestStore } from '../fixtures/store.ts';

type Handler = ReturnType<typeof buffered>;

/** Passes a request to a function as the front door does, and its answer back. */
async function proxy(handler: Handler, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
  );
  const query = Object.fromEntries(url.searchParams);
  const event = restEvent(request.method ?? 'GET', url.pathname, {
    headers,
    query,
    body: await text(request),
  });
  const result: APIGatewayProxyResult = await handler(event, {} as Context);
  response.writeHead(result.statusCode, {
    ...Object.fromEntries(Object.entries(result.headers ?? {}).map(([k, v]) => [k, String(v)])),
    ...(result.multiValueHeaders?.['Set-Cookie']
      ? { 'set-cookie': result.multiValueHeaders['Set-Cookie'].map(String) }
      : {}),
  });
  response.end(result.body);
}

/**
 * A deployment on a free loopback port: OAuth, admin API and pages behind one origin, with real tables,
 * objects and events, and the embedded user pool with its people. What servers offer is scripted by URL.
 */
export async function startRunningDeployment() {
  const requests: string[] = [];
  const routes: [prefix: string, handler: Handler][] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
    requests.push(`${request.method} ${pathname}`);
    const handler = routes.find(([prefix]) => pathname.startsWith(prefix))?.[1];
    if (!handler) return void response.writeHead(404).end();
    proxy(handler, request, response).catch((error: unknown) => response.destroy(error as Error));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;

  const folder = await mkdtemp(join(tmpdir(), 'sallyport-deployment-'));
  const [store, services, cognito] = [
    await startTestStore(),
    await startTestServices(),
    await startCognito({
      port: 0,
      poolId: 'pool',
      clientId: 'pool-client',
      callbackUrls: [`${origin}/oauth/callback`],
      people: PEOPLE,
      dataFolder: folder,
    }),
  ];
  const table = (kind: Parameters<typeof store.tableName>[0]) => new Table(store.tableName(kind));
  const [policies, identity] = [table('policies'), table('identity')];
  const resources = resourcesOf(origin);
  const sessions = createSessionReader(identity, { keepMs: 0 });
  const audit = createAuditWriter({
    audit: store.tableName('audit'),
    payloads: store.tableName('payloads'),
    retentionDays: 1,
  });
  const stores = { policies, bucket: services.bucket };
  /** A change must be seen at once by a test: no memory between two reads. */
  const snapshots = { current: (id: string) => new SnapshotReader(stores).current(id) };
  const upstreams = new Map<string, ServerCatalog>();
  const api: AdminApi = {
    knownFacts: { country: true, clientCertificates: true },
    portalIds: ['default'],
    owners: ['dana@example.com'],
    networks: [],
    tokens: createHolderVerifier({ origin, audience: resources.admin, identity }),
    services: new ServiceTokens(policies, identity),
    sessions,
    documents: new DocumentStore(policies),
    catalogs: new CatalogStore(table('catalog')),
    snapshots: stores,
    announce: announceOn(services.eventBus),
    audit,
    auditTable: table('audit'),
    identity,
    health: healthSources(policies),
    async fetchCatalog({ url }) {
      const catalog = upstreams.get(url);
      if (catalog) return catalog;
      throw new SallyportError('upstream_unreachable', 502, `${new URL(url).host} does not answer.`);
    },
  };
  const oauth = createOAuthService({
    origin,
    deployment: 'Test deployment',
    identity,
    policies,
    vault: table('vault'),
    kms: new KMSClient({}),
    vaultKeyArn: services.keyArn,
    idp: { issuer: cognito.issuer, clientId: 'pool-client', name: 'cognito' },
    allowedRedirectUris: [],
    outgoingNetworks: [],
    admission: { portalId: 'default', snapshots },
    audit,
    auditRetentionDays: 1,
  });
  const pages = {
    origin,
    deployment: 'Test deployment',
    portalId: 'default',
    allowedOrigins: new Set([origin]),
    issuer: new OwnIssuer(origin),
    browsers: new BrowserStore(identity),
    identity,
    audit,
    tokens: createTokenVerifier({ origin, audience: resources.portal, identity }),
    sessions,
    snapshots,
  };
  routes.push(['/api/v1/', buffered((request) => dispatch(api, request))]);
  routes.push(['/oauth/', buffered(oauth)], ['/.well-known/', buffered(oauth)]);
  routes.push(['/', buffered((request) => answerPage(pages, request))]);

  return {
    origin,
    api,
    identity,
    upstreams,
    /** Method and path of every request so far. */
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await Promise.all([store.close(), services.close(), cognito.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

export type RunningDeployment = Awaited<ReturnType<typeof startRunningDeployment>>;
