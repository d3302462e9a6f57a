import { randomUUID } from 'node:crypto';
import type { Actor, AuditWriter, Exchange, OutcomeStatus, Payload } from '../audit/record.ts';
import type { Decision } from '../policy/decision.ts';
import { logger } from '../shared/logger.ts';
import type { Offer } from './catalog.ts';
import { code, RpcError } from './json-rpc.ts';

export interface Ending {
  status: OutcomeStatus;
  errorCode?: number;
  responseBytes: number;
  payload?: Payload;
}

const notRecorded = (what: string) =>
  new RpcError(code.notRecorded, `${what}: it could not be recorded in the audit log. Try again later.`, {
    status: 503,
  });

/** The audit record of one request, filled in as it goes its way. */
export class ExchangeRecord {
  readonly #audit: AuditWriter;
  readonly #started = performance.now();
  readonly #requestBytes: number;
  #exchange: Exchange;
  #upstreamMs: number | undefined;
  #intended = false;

  constructor(
    audit: AuditWriter,
    base: { actor: Actor; portal: string; method: string; decision: Decision; requestBytes: number },
  ) {
    this.#audit = audit;
    this.#requestBytes = base.requestBytes;
    const { actor, portal, method } = base;
    this.#exchange = { exchange: randomUUID(), actor, portal, method, decision: recorded(base.decision) };
  }

  /** A state-changing call was recorded before it went out. */
  get intended(): boolean {
    return this.#intended;
  }

  goesTo({ at, name }: Offer, decision: Decision): void {
    this.#exchange = {
      ...this.#exchange,
      server: at.server.id,
      tool: name,
      decision: recorded(decision),
    };
  }

  tookUpstream(milliseconds: number): void {
    this.#upstreamMs = milliseconds;
  }

  /**
   * Records that a state-changing call is about to go out.
   * @throws RpcError when that fails: the call must not be made then.
   */
  async intent(): Promise<void> {
    try {
      await this.#audit.intent(this.#exchange);
    } catch (error) {
      logger.error('intent not recorded', { exchange: this.#exchange.exchange, error: asError(error) });
      throw notRecorded('The call was not made');
    }
    this.#intended = true;
  }

  /**
   * Records how it ended, before the answer does. What has an intent is answered even if this fails: the call
   * was made, and an intent without an outcome is swept up as unknown. Anything else leaves no other trace,
   * so it is not answered.
   * @throws RpcError in that second case.
   */
  async outcome({ payload, ...ending }: Ending): Promise<void> {
    const outcome = {
      ...ending,
      totalMs: rounded(performance.now() - this.#started),
      ...(this.#upstreamMs === undefined ? {} : { upstreamMs: rounded(this.#upstreamMs) }),
      requestBytes: this.#requestBytes,
    };
    try {
      await this.#audit.outcome(this.#exchange, outcome, payload);
    } catch (error) {
      logger.error('outcome not recorded', { exchange: this.#exchange.exchange, error: asError(error) });
      if (!this.#intended) throw notRecorded('The request was not answered');
    }
  }
}

const recorded = ({ allowed, level, policy, reason }: Decision) => ({ allowed, level, policy, reason });
const rounded = (milliseconds: number) => Math.round(milliseconds * 10) / 10;
const asError = (error: unknown): Error | string => (error instanceof Error ? error : String(error));
