import { type AgentOptions, type ClientRequest, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/**
 * Servers close idle connections, commonly after 5 seconds, and a frozen execution environment does not
 * notice. A connection that was idle for longer by the clock is therefore not used again.
 */
const IDLE_MS = 4_000;
const OPTIONS: AgentOptions = {
  keepAlive: true,
  keepAliveMsecs: 30_000,
  maxSockets: 256,
  maxFreeSockets: 64,
};

interface Pool {
  freeSockets: Readonly<Record<string, Socket[] | undefined>>;
  idleSince: WeakMap<object, number>;
}

function dropIdle({ freeSockets, idleSince }: Pool): void {
  const now = Date.now();
  for (const sockets of Object.values(freeSockets)) {
    for (const socket of sockets ?? []) {
      if (now - (idleSince.get(socket) ?? 0) > IDLE_MS) socket.destroy();
    }
  }
}

class PlainAgent extends HttpAgent {
  readonly idleSince = new WeakMap<object, number>();
  override keepSocketAlive(socket: Duplex): boolean {
    this.idleSince.set(socket, Date.now());
    return keeps(super.keepSocketAlive(socket));
  }
}

class SecureAgent extends HttpsAgent {
  readonly idleSince = new WeakMap<object, number>();
  override keepSocketAlive(socket: Duplex): boolean {
    this.idleSince.set(socket, Date.now());
    return keeps(super.keepSocketAlive(socket));
  }
}

/** Older declarations say that the base method returns nothing, which means that the connection is kept. */
const keeps = (kept: unknown): boolean => kept !== false;

/** Kept-alive connections of this execution environment. */
export class OutgoingAgents {
  readonly #plain = new PlainAgent(OPTIONS);
  readonly #secure = new SecureAgent(OPTIONS);

  for(protocol: string): HttpAgent {
    const agent = protocol === 'https:' ? this.#secure : this.#plain;
    dropIdle(agent);
    return agent;
  }

  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }
}

/** True when the request died on a connection that its server had closed before: it was never read. */
export function diedOnIdleConnection(request: ClientRequest, error: NodeJS.ErrnoException): boolean {
  return request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}
