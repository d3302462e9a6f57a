import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type * as z from 'zod';
import { ServiceTokens } from '../../lambdas/access/clients/service-tokens.ts';
import { saveAccessSession, savePerson } from '../../lambdas/access/sessions/people-store.ts';
import { type Person, personId } from '../../lambdas/access/sessions/person.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { createHolderVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { announceOn } from '../../lambdas/admin/announce.ts';
import { CatalogStore } from '../../lambdas/admin/catalog-store.ts';
import { dispatch } from '../../lambdas/admin/dispatch.ts';
import { DocumentStore } from '../../lambdas/admin/document-store.ts';
import type { AdminApi } from '../../lambdas/admin/route.ts';
import { createAuditWriter } from '../../lambdas/audit/writer.ts';
import type { ServerCatalog } from '../../lambdas/policy/catalog.ts';
import { SnapshotReader } from '../../lambdas/policy/snapshot-store.ts';
import { SallyportError } from '../../lambdas/shared/errors.ts';
import { buffered } from '../../lambdas/shared/handler.ts';
import { resourcesOf } from '../../lambdas/shared/origin.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestServices, startTestStore } from '../fixtures/store.ts';
import { healthSources } from './health-sources.ts';

export const ORIGIN = 'https://sallyport.test';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  /** Looked into freely. */
  body: z.output<z.ZodAny>;
}

export interface CallOptions {
  as?: string;
  token?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  /** Sent as it is when it is text. */
  body?: unknown;
}

/** A catalog with tools of these names. */
export const catalogOf = (...tools: string[]): ServerCatalog => ({
  era: 'modern',
  capabilities: { tools: {} },
  instructions: undefined,
  tools: tools.map((name) => ({ name, inputSchema: { type: 'object' } })),
  prompts: [],
  resources: [],
  resourceTemplates: [],
});

const personOf = (email: string): Person => ({
  id: personId('cognito', email),
  idp: 'cognito',
  subject: email,
  email,
  name: email.split('@')[0] ?? '',
  groups: [],
});

/** A REST API event as the front door makes it. */
export function restEvent(method: string, path: string, options: CallOptions = {}): APIGatewayProxyEvent {
  const query = Object.entries(options.query ?? {}).map(([name, value]) => [name, [value]]);
  const headers = Object.entries(options.headers ?? {}).map(([name, value]) => [name, [value]]);
  const { body } = options;
  const event = {
    httpMethod: method,
    path,
    multiValueHeaders: Object.fromEntries(headers),
    multiValueQueryStringParameters: Object.fromEntries(query),
    body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
    isBase64Encoded: false,
    requestContext: { identity: { sourceIp: '192.0.2.7' }, requestId: 'request' },
  };
  return event as unknown as APIGatewayProxyEvent;
}

/** Issues access tokens with the provider's key, as after a sign-in. */
export async function startIssuing(identity: Table, origin: string) {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  const key = { ...(await exportJWK(publicKey)), kid: 'test-key', use: 'sig', alg: 'RS256' };
  await identity.put({ pk: 'Jwks#current', sk: 'current', keys: [key] });
  return async (email: string, claims: { aud?: string; scope?: string; exp?: number } = {}) => {
    const person = personOf(email);
    const [sid, gid, clientId] = [`sid-${person.id}`, `gid-${person.id}`, 'sallyport-cli'];
    const now = Math.floor(Date.now() / 1000);
    await savePerson(identity, person);
    await saveAccessSession(identity, { sid, person, authenticatedAt: now, expiresAt: now + 3600 });
    await identity.put({ pk: `Grant#${gid}`, sk: 'current', person: person.id, clientId, ttl: now + 3600 });
    const body = { sid, gid, client_id: clientId, scope: claims.scope ?? 'admin' };
    return new SignJWT(body)
      .setProtectedHeader({ alg: 'RS256', typ: 'at+jwt', kid: 'test-key' })
      .setIssuer(origin)
      .setSubject(person.id)
      .setAudience(claims.aud ?? resourcesOf(origin).admin)
      .setIssuedAt(now)
      .setExpirationTime(claims.exp ?? now + 900)
      .sign(privateKey);
  };
}

/** The admin API on real tables, objects and events; what servers offer is scripted by their URL. */
export async function startAdministration() {
  const [store, services] = [await startTestStore(), await startTestServices()];
  const table = (kind: Parameters<typeof store.tableName>[0]) => new Table(store.tableName(kind));
  const [policies, identity] = [table('policies'), table('identity')];
  const issue = await startIssuing(identity, ORIGIN);
  const upstreams = new Map<string, ServerCatalog>();
  const api: AdminApi = {
    knownFacts: { country: true, clientCertificates: true },
    portalIds: ['default'],
    owners: ['dana@example.com'],
    networks: [],
    tokens: createHolderVerifier({ origin: ORIGIN, audience: resourcesOf(ORIGIN).admin, identity }),
    services: new ServiceTokens(policies, identity),
    sessions: createSessionReader(identity, { keepMs: 0 }),
    documents: new DocumentStore(policies),
    catalogs: new CatalogStore(table('catalog')),
    snapshots: { policies, bucket: services.bucket },
    announce: announceOn(services.eventBus),
    audit: createAuditWriter({
      audit: store.tableName('audit'),
      payloads: store.tableName('payloads'),
      retentionDays: 1,
    }),
    auditTable: table('audit'),
    identity,
    health: healthSources(policies),
    async fetchCatalog({ url }) {
      const catalog = upstreams.get(url);
      if (catalog) return catalog;
      throw new SallyportError('upstream_unreachable', 502, `${new URL(url).host} does not answer.`);
    },
  };
  const handler = buffered((request) => dispatch(api, request));
  const tokens = new Map<string, string>();

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const email = options.as ?? 'dana@example.com';
    let token = options.token ?? tokens.get(email);
    if (token === undefined) {
      token = await issue(email);
      tokens.set(email, token);
    }
    const headers = { ...(token ? { Authorization: `Bearer ${token}` } : {}), ...options.headers };
    const context = {} as Context;
    const result: APIGatewayProxyResult = await handler(
      restEvent(method, `/api/v1${path}`, { ...options, headers }),
      context,
    );
    return {
      status: result.statusCode,
      headers: Object.fromEntries(Object.entries(result.headers ?? {}).map(([k, v]) => [k, String(v)])),
      body: JSON.parse(result.body),
    };
  }

  return {
    api,
    call,
    issue,
    upstreams,
    identity,
    policies,
    catalog: table('catalog'),
    events: () => services.events(),
    apply: (...documents: unknown[]) => call('POST', '/apply', { body: { documents } }),
    /** What the relay would read now. */
    snapshot: async () => (await new SnapshotReader(api.snapshots).current('default'))?.snapshot,
    close: async () => void (await Promise.all([store.close(), services.close()])),
  };
}

export type Administration = Awaited<ReturnType<typeof startAdministration>>;

const document = (kind: string, id: string, spec: object) => ({
  apiVersion: 'sallyport/v1',
  kind,
  metadata: { id },
  spec,
});
export const policy = (id: string, spec: object = {}) =>
  document('Policy', id, { action: 'allow', include: [{ everyone: true }], ...spec });
export const server = (id: string, spec: object = {}) =>
  document('Server', id, {
    title: id.toUpperCase(),
    slug: id,
    url: `https://${id}.example.com/mcp`,
    policies: ['staff'],
    ...spec,
  });
export const portal = (spec: object = {}, id = 'default') =>
  document('Portal', id, { title: 'Example', servers: [], policies: ['staff'], ...spec });
