import { holderSubject } from '../access/sessions/subject.ts';
import { type EvidenceSource, settle } from '../policy/settle.ts';
import type { VersionedSnapshot } from '../policy/snapshot.ts';
import type { HttpRequest } from '../shared/http.ts';
import { Access } from './access.ts';
import type { Admitted } from './admission.ts';
import type { Final } from './answer.ts';
import { type Catalog, indexSnapshot } from './catalog.ts';
import { checkBatchedMessage } from './checks/batched-message.ts';
import { methodNotFound } from './checks/known-method.ts';
import { checkMessage, idOf, type RequestMessage } from './checks/message.ts';
import { Conversation, type ConversationOptions } from './conversation.ts';
import { eraOf } from './eras/era-of.ts';
import { readLegacy } from './eras/legacy.ts';
import { readModern } from './eras/modern.ts';
import type { PortalRequest } from './eras/portal-request.ts';
import { code, errorMessage, type RequestId, RpcError, resultMessage } from './json-rpc.ts';
import { emptyLegacyMethods, methods } from './methods/table.ts';

/** A message with what its HTTP request brought along. */
export interface Arrival {
  http: HttpRequest;
  admitted: Admitted;
  message: unknown;
  /** Of this message alone. */
  bytes: number;
  /** One of several in the same body. */
  batched: boolean;
  /** Milliseconds that it may take. */
  limitMs: number;
}

/** What becomes of a message: nothing for a notification, an answer at once, or a conversation. */
export type Entered =
  | { kind: 'notification' }
  | { kind: 'final'; final: Final }
  | { kind: 'conversation'; conversation: Conversation };

export interface EntryOptions
  extends Pick<
    ConversationOptions,
    'audit' | 'upstreams' | 'taint' | 'remedyAddress' | 'pageSize' | 'watchMs'
  > {
  snapshots: { current(portalId: string): Promise<VersionedSnapshot | undefined> };
  portalId: string;
  /** Where decisions look up what they ask for. */
  evidence: EvidenceSource;
  /** What a person's session is by now; throws when it has ended. */
  sessionNow(admitted: Admitted): Promise<Admitted['session']>;
}

/** The error that answers a message, whose id is null when it could not be read. */
export const errorFinal = (id: RequestId | null, error: RpcError): Final => ({
  text: JSON.stringify(errorMessage(id, error)),
  status: error.status,
});

function readRequest(message: RequestMessage, { http, batched }: Arrival): PortalRequest {
  const era = eraOf(message.method, message.params, http.headers['mcp-protocol-version']);
  if (batched) checkBatchedMessage(era, message.method);
  return era === 'modern' ? readModern(message, http.headers) : readLegacy(message, http.headers);
}

function circumstancesOf({ token, session, ip, arrival }: Admitted) {
  const hosts = session.service === undefined ? (session.clientHosts ?? []) : [];
  return holderSubject(session, { ip, ...arrival, client: { id: token.clientId, hosts } });
}

/** Takes the decisions that a request rests on. */
function decideFor({ method, params }: PortalRequest, catalog: Catalog, access: Access): void {
  if (method === 'tools/call') {
    const offer = typeof params.name === 'string' ? catalog.tools.get(params.name) : undefined;
    if (offer) access.toTool(offer, params.arguments ?? {});
    return;
  }
  for (const at of catalog.servers) access.to(at);
  if (method === 'tools/list') for (const offer of catalog.tools.values()) access.toTool(offer);
}

/** Keeps the index of the newest version. */
function catalogs({ snapshots, portalId }: EntryOptions): () => Promise<Catalog> {
  let latest: Catalog | undefined;
  return async () => {
    const current = await snapshots.current(portalId);
    if (!current)
      throw new RpcError(code.notConfigured, 'This portal has no configuration yet. Ask an administrator.', {
        status: 503,
      });
    if (latest?.version !== current.version) latest = indexSnapshot(current);
    return latest;
  };
}

/**
 * Judges messages one by one: each is checked, and decided by the policies in force when it arrives.
 * @throws SallyportError when the portal's configuration cannot be read.
 */
export function createEntry(options: EntryOptions): (arrival: Arrival) => Promise<Entered> {
  const { audit, upstreams, taint, remedyAddress, pageSize, watchMs } = options;
  const currentCatalog = catalogs(options);

  /** What the holder may use, with everything looked up that this request depends on. */
  const accessOf = (catalog: Catalog, admitted: Admitted, request: PortalRequest): Promise<Access> =>
    settle(circumstancesOf(admitted), options.evidence, (facts) => {
      const access = new Access(catalog, facts);
      decideFor(request, catalog, access);
      return access;
    });

  async function converse(arrival: Arrival, request: PortalRequest): Promise<Entered> {
    const { admitted, bytes, limitMs } = arrival;
    const method = methods[request.era].get(request.method);
    if (!method) throw methodNotFound(request.method, request.era);
    const catalog = await currentCatalog();
    const conversation = new Conversation({
      request,
      method,
      catalog,
      access: await accessOf(catalog, admitted, request),
      admitted,
      requestBytes: bytes,
      pageSize,
      audit,
      upstreams,
      taint,
      remedyAddress,
      limitMs,
      watchMs,
      stillAllowed: async () => {
        const session = await options.sessionNow(admitted);
        return accessOf(await currentCatalog(), { ...admitted, session }, request);
      },
    });
    return { kind: 'conversation', conversation };
  }

  return async (arrival) => {
    let id = idOf(arrival.message);
    try {
      const message = checkMessage(arrival.message);
      if (message.kind === 'notification') return { kind: 'notification' };
      id = message.id;
      const request = readRequest(message, arrival);
      if (request.era === 'legacy' && emptyLegacyMethods.has(request.method))
        return { kind: 'final', final: { text: JSON.stringify(resultMessage(id, {})), status: 200 } };
      return await converse(arrival, request);
    } catch (error) {
      if (error instanceof RpcError) return { kind: 'final', final: errorFinal(id, error) };
      throw error;
    }
  };
}
