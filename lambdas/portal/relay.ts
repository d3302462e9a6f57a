import type { SessionReader } from '../access/session-reader.ts';
import type { TokenVerifier } from '../access/verify-token.ts';
import type { AuditWriter } from '../audit/record.ts';
import type { VersionedSnapshot } from '../policy/snapshot.ts';
import { SallyportError } from '../shared/errors.ts';
import type { HttpRequest, StreamingResponse } from '../shared/http.ts';
import { Access, subjectOf } from './access.ts';
import { admit, refusalOf } from './admission.ts';
import { JSON_HEADERS } from './answer.ts';
import { type Catalog, indexSnapshot } from './catalog.ts';
import { checkNoBatch } from './checks/batch.ts';
import { checkBodySize } from './checks/body-size.ts';
import { checkContentType } from './checks/content-type.ts';
import { checkJson } from './checks/json.ts';
import { methodNotFound } from './checks/known-method.ts';
import { checkMessage, idOf, type RequestMessage } from './checks/message.ts';
import { checkOrigin } from './checks/origin.ts';
import { Conversation } from './conversation.ts';
import { eraOf } from './eras/era-of.ts';
import { readLegacy } from './eras/legacy.ts';
import { readModern } from './eras/modern.ts';
import type { PortalRequest } from './eras/portal-request.ts';
import { code, errorMessage, type RequestId, RpcError, resultMessage } from './json-rpc.ts';
import { emptyLegacyMethods, methods } from './methods/table.ts';
import { type Naming, prefixed } from './naming.ts';
import type { Upstreams } from './upstream/upstreams.ts';

export interface RelayOptions {
  origin: string;
  portalId: string;
  /** Origins of pages that may call, besides the portal's own. */
  allowedOrigins: readonly string[];
  tokens: TokenVerifier;
  sessions: SessionReader;
  snapshots: { current(portalId: string): Promise<VersionedSnapshot | undefined> };
  audit: AuditWriter;
  upstreams: Upstreams;
  naming?: Naming;
  /** Entries per page of a list. */
  pageSize?: number;
  /** The longest that a server may take, in milliseconds. */
  callLimitMs?: number;
  /** Milliseconds after which the session and the portal's policies are judged again, within an answer. */
  watchMs?: number;
}

export interface Relay {
  /** Answers one POST; `remainingMs` is the time that the function still has. */
  handle(request: HttpRequest, remainingMs?: number): Promise<StreamingResponse>;
}

const PAGE_SIZE = 200;
const CALL_LIMIT_MS = 240_000;
const WATCH_MS = 30_000;
/** Left over for recording and sending the answer. */
const RESERVE_MS = 5_000;

const jsonAnswer = (status: number, message: unknown): StreamingResponse => ({
  status,
  headers: JSON_HEADERS,
  body: JSON.stringify(message),
});

function readRequest(message: RequestMessage, headers: HttpRequest['headers']): PortalRequest {
  const era = eraOf(message.method, message.params, headers['mcp-protocol-version']);
  return era === 'modern' ? readModern(message, headers) : readLegacy(message, headers);
}

/** Keeps the index of the newest version. */
function catalogs({ snapshots, portalId, naming = prefixed }: RelayOptions): () => Promise<Catalog> {
  let latest: Catalog | undefined;
  return async () => {
    const current = await snapshots.current(portalId);
    if (!current)
      throw new RpcError(code.notConfigured, 'This portal has no configuration yet. Ask an administrator.', {
        status: 503,
      });
    if (latest?.version !== current.version) latest = indexSnapshot(current, naming);
    return latest;
  };
}

/** The MCP endpoint of one portal. Everything that it works with is handed in. */
export function createRelay(options: RelayOptions): Relay {
  const { tokens, sessions, pageSize = PAGE_SIZE, callLimitMs = CALL_LIMIT_MS } = options;
  const allowedOrigins = new Set([options.origin, ...options.allowedOrigins]);
  const currentCatalog = catalogs(options);

  async function converse(http: HttpRequest, remainingMs: number): Promise<StreamingResponse> {
    checkOrigin(http.headers.origin, allowedOrigins);
    const admitted = await admit(http, tokens, sessions);
    const requestBytes = checkBodySize(http.body);
    checkContentType(http.headers['content-type']);
    const body = checkJson(http.body);
    checkNoBatch(body);
    let id: RequestId | null = idOf(body);
    try {
      const message = checkMessage(body);
      if (message.kind === 'notification') return { status: 202, headers: {}, body: '' };
      id = message.id;
      const request = readRequest(message, http.headers);
      if (request.era === 'legacy' && emptyLegacyMethods.has(request.method))
        return jsonAnswer(200, resultMessage(id, {}));
      const method = methods[request.era].get(request.method);
      if (!method) throw methodNotFound(request.method, request.era);
      const catalog = await currentCatalog();
      const access = new Access(catalog, subjectOf(admitted.session, http.sourceIp));
      const conversation = new Conversation({
        request,
        method,
        catalog,
        access,
        admitted,
        requestBytes,
        pageSize,
        audit: options.audit,
        upstreams: options.upstreams,
        limitMs: Math.max(1, Math.min(callLimitMs, remainingMs - RESERVE_MS)),
        watchMs: options.watchMs ?? WATCH_MS,
        accept: http.headers.accept,
        stillAllowed: async () => {
          const session = await sessions.read(admitted.token);
          return new Access(await currentCatalog(), subjectOf(session, http.sourceIp));
        },
      });
      return await conversation.answer();
    } catch (error) {
      if (error instanceof RpcError) return jsonAnswer(error.status, errorMessage(id, error));
      throw error;
    }
  }

  return {
    async handle(http, remainingMs = Number.POSITIVE_INFINITY) {
      try {
        return await converse(http, remainingMs);
      } catch (error) {
        if (error instanceof RpcError) return jsonAnswer(error.status, errorMessage(null, error));
        if (error instanceof SallyportError) return refusalOf(error, options.origin);
        throw error;
      }
    },
  };
}
