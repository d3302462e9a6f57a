import type { IncomingMessage } from 'node:http';
import type { Actor, AuditWriter, Authentication } from '../audit/record.ts';
import type { HttpRequest } from '../shared/http.ts';
import { logger } from '../shared/logger.ts';

const LONGEST_USER_AGENT = 256;

/** The part of an actor that the request itself tells. */
export function requester(request: HttpRequest): { ip: string; userAgent?: string } {
  const agent = request.headers['user-agent']?.slice(0, LONGEST_USER_AGENT);
  return { ip: request.sourceIp, ...(agent ? { userAgent: agent } : {}) };
}

/** An application as records name it. */
export function clientActor(client: {
  clientId: string;
  clientName?: string | undefined;
}): Pick<Actor, 'client'> {
  return { client: { id: client.clientId, ...(client.clientName ? { name: client.clientName } : {}) } };
}

/** The audit records of a request. */
export class AuditTrail {
  readonly #writer: AuditWriter;
  readonly #told = new WeakSet<IncomingMessage>();
  readonly #open = new WeakMap<IncomingMessage, Promise<void>[]>();

  constructor(writer: AuditWriter) {
    this.#writer = writer;
  }

  /** @throws when the record is not known to be stored. */
  async record(event: Authentication, request?: IncomingMessage): Promise<void> {
    if (request) this.#told.add(request);
    await this.#writer.authentication(event);
  }

  /** True when `record` has told this request's story already. */
  hasTold(request: IncomingMessage): boolean {
    return this.#told.has(request);
  }

  /** For what the library reports by events, which nobody waits for: `settle` does. */
  note(request: IncomingMessage, event: Promise<Authentication>): void {
    const writes = this.#open.get(request) ?? [];
    writes.push(event.then((known) => this.#writer.authentication(known)));
    this.#open.set(request, writes);
  }

  /** Waits for the request's notes; what they tell has happened already, so a lost one is logged. */
  async settle(request: IncomingMessage): Promise<void> {
    const results = await Promise.allSettled(this.#open.get(request) ?? []);
    for (const result of results)
      if (result.status === 'rejected')
        logger.error('an audit record was not stored', { error: String(result.reason) });
  }
}
