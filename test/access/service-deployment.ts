import type { IncomingMessage, ServerResponse } from 'node:http';
import { ServiceTokens } from '../../lambdas/access/clients/service-tokens.ts';
import type { OAuthOptions } from '../../lambdas/access/oauth-application.ts';
import { createOAuthService } from '../../lambdas/access/oauth-service.ts';
import { SERVICE_CLIENT_PREFIX } from '../../lambdas/access/sessions/holder.ts';
import { createHolderReader, type HolderReader } from '../../lambdas/access/sessions/holder-reader.ts';
import { createSessionReader } from '../../lambdas/access/sessions/session-reader.ts';
import { createHolderVerifier } from '../../lambdas/access/tokens/verify-token.ts';
import { endServiceSecrets, rotateServiceSecret } from '../../lambdas/admin/service-secrets.ts';
import type { Exchange } from '../../lambdas/audit/record.ts';
import type { NamedPolicy } from '../../lambdas/policy/decision.ts';
import { noEvidence } from '../../lambdas/policy/settle.ts';
import { createRelay } from '../../lambdas/portal/relay.ts';
import { createUpstreams } from '../../lambdas/portal/upstream/upstreams.ts';
import { kinds } from '../../lambdas/shared/documents/kinds.ts';
import { policySpec } from '../../lambdas/shared/documents/policy.ts';
import type { Selector } from '../../lambdas/shared/documents/selector.ts';
import type { HttpRequest } from '../../lambdas/shared/http.ts';
import { createOutgoing } from '../../lambdas/shared/outgoing.ts';
import { listenOnLoopback, readBody } from '../../local/services/loopback.ts';
import { httpRequest, type Service } from './browser.ts';
import { startDeployment, type TestDeployment } from './deployment.ts';

export const allow = (...include: Selector[]): NamedPolicy => ({
  id: 'admitted',
  spec: policySpec.parse({ action: 'allow', include }),
});

/** The OAuth service and the MCP endpoint of a deployment, over real HTTP at one origin. */
export interface ServingDeployment extends TestDeployment {
  origin: string;
  mcpUrl: string;
  /** Calls through the portal that were recorded, oldest first. */
  exchanges: Exchange[];
  /** Writes the document of a service token, or removes it. */
  putService(id: string, spec: Record<string, unknown> | undefined): Promise<void>;
  /** Makes a secret as the admin API does. */
  rotate(id: string, keepPreviousHours?: number): Promise<string>;
  endSecrets(id: string): Promise<void>;
}

const document = (id: string, spec: Record<string, unknown>) =>
  kinds.ServiceToken.schema.parse({
    apiVersion: 'sallyport/v1',
    kind: 'ServiceToken',
    metadata: { id },
    spec: { title: `The ${id} job`, ...spec },
  });

/** Holders without a memory, so that a test sees every change at once. */
export function holdersOf({ options }: TestDeployment): HolderReader {
  const { identity, policies } = options;
  const sessions = createSessionReader(identity, { keepMs: 0 });
  return createHolderReader(sessions, new ServiceTokens(policies, identity), { keepMs: 0 });
}

function relayOf(deployment: TestDeployment, origin: string, exchanges: Exchange[]) {
  const { identity, admission } = deployment.options;
  const quiet = async () => undefined;
  return createRelay({
    origin,
    portalId: 'main',
    allowedOrigins: [],
    tokens: createHolderVerifier({ origin, audience: `${origin}/mcp`, identity }),
    sessions: holdersOf(deployment),
    snapshots: admission.snapshots,
    evidence: noEvidence,
    taint: async () => {},
    remedyAddress: async () => 'https://sallyport.test/console/conditions',
    audit: {
      intent: quiet,
      authentication: quiet,
      change: quiet,
      outcome: async (exchange) => void exchanges.push(exchange),
    },
    upstreams: createUpstreams(createOutgoing([]), deployment.vault),
  });
}

async function toRequest(request: IncomingMessage, origin: string): Promise<HttpRequest> {
  const body = (await readBody(request, 100_000))?.toString() ?? '';
  const headers = Object.fromEntries(Object.entries(request.headers).map(([k, v]) => [k, String(v)]));
  return httpRequest(new URL(request.url ?? '/', origin), { method: request.method ?? 'GET', headers, body });
}

export async function startServing(more: Partial<OAuthOptions> = {}): Promise<ServingDeployment> {
  const deployment = await startDeployment();
  const { identity, policies } = deployment.options;
  const exchanges: Exchange[] = [];
  let answer: (request: HttpRequest) => Promise<{ status: number; headers?: object; body?: unknown }>;
  const server = await listenOnLoopback(0, (request, response) => void handle(request, response));
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const { status, headers, body } = await answer(await toRequest(request, server.origin));
    response.writeHead(status, { ...headers }).end(body);
  };
  const { origin } = server;
  const options = { ...deployment.options, origin, ...more };
  const oauth: Service = createOAuthService(options);
  const relay = relayOf(deployment, origin, exchanges);
  answer = (request) => (request.path === '/mcp' ? relay.handle(request) : oauth(request));
  const specs = new Map<string, Record<string, unknown>>();
  return {
    ...deployment,
    options,
    service: oauth,
    origin,
    mcpUrl: `${origin}/mcp`,
    exchanges,
    async putService(id, spec) {
      const key = { pk: `ServiceToken#${id}`, sk: 'current' };
      if (spec) await policies.put({ ...key, document: document(id, spec) });
      else await policies.delete(key);
      specs.set(id, spec ?? {});
    },
    rotate: async (id, keep = 24) =>
      (await rotateServiceSecret(identity, document(id, specs.get(id) ?? {}), keep)).secret,
    endSecrets: (id) => endServiceSecrets(identity, id),
    async close() {
      await Promise.all([deployment.close(), server.close()]);
    },
  };
}

export const clientOf = (id: string): string => `${SERVICE_CLIENT_PREFIX}${id}`;

export interface TokenAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Asks the token endpoint over HTTP. */
export async function askForToken(
  { origin }: { origin: string },
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<TokenAnswer> {
  const answer = await fetch(`${origin}/oauth/token`, {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

export const basic = (id: string, secret: string): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});
