import type { VersionedSnapshot } from '../policy/snapshot.ts';
import type { HttpRequest } from '../shared/http.ts';
import { Access, subjectOf } from './access.ts';
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
  extends Pick<ConversationOptions, 'audit' | 'upstreams' | 'pageSize' | 'watchMs'> {
  snapshots: { current(portalId: string): Promise<VersionedSnapshot | undefined> };
  portalId: string;
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
  const { audit, upstreams, pageSize, watchMs } = options;
  const currentCatalog = catalogs(options);

  async function converse(arrival: Arrival, request: PortalRequest): Promise<Entered> {
    const { admitted, bytes, limitMs } = arrival;
    const { ip } = admitted;
    const method = methods[request.era].get(request.method);
    if (!method) throw methodNotFound(request.method, request.era);
    const catalog = await currentCatalog();
    const conversation = new Conversation({
      request,
      method,
      catalog,
      access: new Access(catalog, subjectOf(admitted.session, ip)),
      admitted,
      requestBytes: bytes,
      pageSize,
      audit,
      upstreams,
      limitMs,
      watchMs,
      stillAllowed: async () =>
        new Access(await currentCatalog(), subjectOf(await options.sessionNow(admitted), ip)),
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
