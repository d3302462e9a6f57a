import { holderId } from '../access/sessions/holder.ts';
import type { AuditWriter } from '../audit/record.ts';
import { logger } from '../shared/logger.ts';
import { type Access, refused } from './access.ts';
import { type Admitted, actorOf } from './admission.ts';
import type { Final, Outlet } from './answer.ts';
import type { Catalog, Offer } from './catalog.ts';
import { endingOf, statusOfResult } from './ending.ts';
import { legacyResult } from './eras/legacy.ts';
import { modernResult } from './eras/modern.ts';
import type { PortalRequest } from './eras/portal-request.ts';
import { type Ending, ExchangeRecord } from './exchange-record.ts';
import { forwardTo } from './forwarding.ts';
import { Held, heldAnswer, type RemedyAddress, withoutOwnAnswer } from './held.ts';
import type { JsonObject } from './json.ts';
import { code, errorMessage, RpcError, resultMessage } from './json-rpc.ts';
import type { Context, Method } from './methods/context.ts';
import { serverInfoOf } from './methods/describe-portal.ts';
import { countRelayError } from './relay-error.ts';
import { NotRouted } from './routing.ts';
import type { TaintSession } from './taint-sessions.ts';
import { TimeLimits } from './time-limits.ts';
import type { Notification } from './upstream/call.ts';
import type { Upstreams } from './upstream/upstreams.ts';

export interface ConversationOptions {
  request: PortalRequest;
  method: Method;
  catalog: Catalog;
  access: Access;
  admitted: Admitted;
  requestBytes: number;
  pageSize: number;
  audit: AuditWriter;
  upstreams: Upstreams;
  taint: TaintSession;
  remedyAddress: RemedyAddress;
  /** Milliseconds that the whole may take. */
  limitMs: number;
  /** Milliseconds between two looks at whether the person may still do what is going on. */
  watchMs: number;
  /** What the person may use by now; throws when the session has ended. */
  stillAllowed: () => Promise<Access>;
}

const unexpected = () =>
  new RpcError(code.internalError, 'Something went wrong on our side. Please try again.', { status: 500 });

/** One request from its decision to the end of its answer, with its audit record. */
export class Conversation {
  readonly #options: ConversationOptions;
  readonly #record: ExchangeRecord;
  #offer: Offer | undefined;

  constructor(options: ConversationOptions) {
    this.#options = options;
    const { audit, admitted, request, catalog, access, requestBytes } = options;
    this.#record = new ExchangeRecord(audit, {
      actor: actorOf(admitted, request.clientName),
      portal: catalog.portal.id,
      method: request.method,
      decision: access.portal,
      requestBytes,
    });
  }

  /** Never rejects: whatever happens becomes the final message. */
  async run(outlet: Outlet): Promise<Final> {
    const { limitMs, watchMs } = this.#options;
    const limits = new TimeLimits(limitMs, watchMs, () => this.#stillAllowed());
    outlet.onGone(() => limits.callerGone());
    try {
      return await this.#settled(limits.signal, outlet);
    } finally {
      limits.clear();
    }
  }

  async #settled(signal: AbortSignal, outlet: Outlet): Promise<Final> {
    const { access, method } = this.#options;
    try {
      if (!access.portal.allowed && access.portal.remedies.length === 0) throw refused(access.portal);
      return await this.#succeeded(await method(this.#context(signal, outlet)));
    } catch (error) {
      return error instanceof Held ? this.#held(error) : this.#failed(error);
    }
  }

  #context(signal: AbortSignal, outlet: Outlet): Context {
    const { request, catalog, access, pageSize, upstreams, admitted, taint } = this.#options;
    const record = this.#record;
    const notify = (notification: Notification) => outlet.notify({ jsonrpc: '2.0', ...notification });
    const holder = holderId(admitted.session);
    return {
      request,
      catalog,
      access,
      pageSize,
      record,
      notify,
      forward: async (offer, forwarding) => {
        this.#offer = offer;
        await taint(access.subject, offer.at.server);
        const options = { upstreams, request, record, holder, signal, onNotification: notify };
        const params = withoutOwnAnswer(forwarding.params);
        return forwardTo(offer, { ...forwarding, params }, options);
      },
    };
  }

  #resultMessage(result: JsonObject): JsonObject {
    const { request, catalog } = this.#options;
    if (request.era === 'modern')
      return resultMessage(request.id, modernResult(result, serverInfoOf(catalog.portal)));
    const { outputSchema } = this.#offer?.definition ?? {};
    return resultMessage(request.id, legacyResult(request.legacy, request.method, result, outputSchema));
  }

  async #succeeded(result: JsonObject): Promise<Final> {
    const message = this.#resultMessage(result);
    const text = JSON.stringify(message);
    await this.#record.outcome(this.#ending(statusOfResult(result), text, message.result));
    return { text, status: 200 };
  }

  /** Something has to be done first: says what, and where. */
  async #held(held: Held): Promise<Final> {
    const { access, request, remedyAddress } = this.#options;
    try {
      if (held.offer) this.#record.goesTo(held.offer, held.decision);
      const url = await remedyAddress(access.subject, held.decision);
      const message = this.#resultMessage(heldAnswer(request, held, url));
      const text = JSON.stringify(message);
      await this.#record.outcome({ status: 'denied', responseBytes: Buffer.byteLength(text) });
      return { text, status: 200 };
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #failed(thrown: unknown): Promise<Final> {
    countRelayError(thrown);
    const { request } = this.#options;
    const ending = endingOf(thrown, request, this.#record, this.#offer?.at.server.title ?? '');
    if (!ending) logger.error('request failed', { error: thrown instanceof Error ? thrown : String(thrown) });
    const { error, status } = ending ?? { error: unexpected(), status: 'error' as const };
    if (thrown instanceof NotRouted && thrown.refused)
      this.#record.goesTo(thrown.refused.offer, thrown.refused.decision);
    const message = errorMessage(request.id, error);
    const text = JSON.stringify(message);
    try {
      if (error.code !== code.notRecorded)
        await this.#record.outcome({ ...this.#ending(status, text, message.error), errorCode: error.code });
    } catch (refusal) {
      const shown = refusal instanceof RpcError ? refusal : unexpected();
      return { text: JSON.stringify(errorMessage(request.id, shown)), status: shown.status };
    }
    return { text, status: error.status };
  }

  #ending(status: Ending['status'], text: string, answer: unknown): Ending {
    const { request, catalog } = this.#options;
    const ending = { status, responseBytes: Buffer.byteLength(text) };
    if (catalog.portal.payloads !== 'full' || !this.#offer) return ending;
    const args = request.method === 'tools/call' ? request.params.arguments : request.params;
    return { ...ending, payload: { arguments: args, answer } };
  }

  async #stillAllowed(): Promise<void> {
    const access = await this.#options.stillAllowed();
    if (!access.portal.allowed) throw refused(access.portal);
    if (!this.#offer) return;
    const { request } = this.#options;
    const isCall = request.method === 'tools/call';
    const now = isCall
      ? access.toToolOf(this.#offer, request.params.arguments ?? {})
      : access.toServer(this.#offer.at.server.id);
    if (!now.allowed) throw refused(now);
  }
}
