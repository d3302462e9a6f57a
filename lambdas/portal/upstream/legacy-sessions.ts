import type { Outgoing } from '../../shared/outgoing.ts';
import type { Item, Table } from '../../shared/table.ts';
import { UpstreamFailure } from './failure.ts';
import { handshake, type LegacySession } from './legacy-session.ts';

type Vault = Pick<Table, 'get' | 'put'>;

const KEPT_SECONDS = 24 * 60 * 60;
const KEPT_MOST = 5_000;
const HANDSHAKE_MS = 20_000;

const keyOf = (server: string, holder: string) => ({
  pk: `upstream-session#${server}#${holder}`,
  sk: 'current',
});

function read(item: Item | undefined, url: string): LegacySession | undefined {
  if (!item || item.url !== url || typeof item.version !== 'string') return undefined;
  if (typeof item.ttl === 'number' && item.ttl <= Date.now() / 1000) return undefined;
  return { url, version: item.version, id: typeof item.session === 'string' ? item.session : undefined };
}

/**
 * Sessions at legacy servers, one per holder and server: in memory, and in the vault for the next execution
 * environment. A session is not a credential here, but it is bound to the holder all the same.
 */
export class LegacySessions {
  readonly #outgoing: Outgoing;
  readonly #vault: Vault;
  readonly #memory = new Map<string, Promise<LegacySession>>();

  constructor(outgoing: Outgoing, vault: Vault) {
    this.#outgoing = outgoing;
    this.#vault = vault;
  }

  /** The session that stands, or a new one. */
  async open(server: { id: string; url: string }, holder: string): Promise<LegacySession> {
    return this.#remember(server, holder, undefined);
  }

  /** A session in place of one that the server no longer knows; the one that another call already renewed. */
  async renew(
    server: { id: string; url: string },
    holder: string,
    lost: LegacySession,
  ): Promise<LegacySession> {
    const { pk } = keyOf(server.id, holder);
    if ((await this.#memory.get(pk)?.catch(() => undefined)) === lost) this.#memory.delete(pk);
    return this.#remember(server, holder, lost);
  }

  async #remember(
    server: { id: string; url: string },
    holder: string,
    lost: LegacySession | undefined,
  ): Promise<LegacySession> {
    const { pk } = keyOf(server.id, holder);
    const kept = this.#memory.get(pk);
    if (kept) {
      const session = await kept;
      if (session.url === server.url) return session;
    }
    if (this.#memory.size >= KEPT_MOST) this.#memory.clear();
    const session = this.#load(server, holder, lost);
    this.#memory.set(pk, session);
    session.catch(() => {
      if (this.#memory.get(pk) === session) this.#memory.delete(pk);
    });
    return session;
  }

  async #load(
    server: { id: string; url: string },
    holder: string,
    lost: LegacySession | undefined,
  ): Promise<LegacySession> {
    const key = keyOf(server.id, holder);
    const stored = read(await this.#vault.get(key), server.url);
    if (stored && (!lost || stored.id !== lost.id)) return stored;
    const signal = AbortSignal.timeout(HANDSHAKE_MS);
    const { session } = await handshake(this.#outgoing, server.url, signal).catch((error: unknown) => {
      throw signal.aborted ? new UpstreamFailure('timeout') : error;
    });
    await this.#vault.put({
      ...key,
      url: session.url,
      version: session.version,
      session: session.id,
      ttl: Math.floor(Date.now() / 1000) + KEPT_SECONDS,
    });
    return session;
  }
}
