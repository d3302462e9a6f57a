import type { Holder } from '../access/sessions/holder.ts';
import { decidePortal, decideServer } from '../policy/decide.ts';
import type { Decision, Subject } from '../policy/decision.ts';
import type { Catalog, ServerEntry } from './catalog.ts';
import { code, RpcError } from './json-rpc.ts';

export function subjectOf(holder: Holder, ip: string): Subject {
  if (holder.service !== undefined) return { serviceToken: holder.service.id, ip };
  const { email, groups } = holder.person;
  return { email, groups, ip };
}

/** What one person or service token may use in one version of the portal; each server is decided once, when it is asked for. */
export class Access {
  readonly portal: Decision;
  readonly #catalog: Catalog;
  readonly #subject: Subject;
  readonly #decisions = new Map<ServerEntry, Decision>();

  constructor(catalog: Catalog, subject: Subject) {
    this.#catalog = catalog;
    this.#subject = subject;
    this.portal = decidePortal(catalog.level, subject);
  }

  to(at: ServerEntry): Decision {
    let decision = this.#decisions.get(at);
    if (!decision) {
      decision = decideServer(this.#catalog.level, at.level, this.#subject);
      this.#decisions.set(at, decision);
    }
    return decision;
  }

  /** By id, which outlives a version of the portal; a server that is gone is refused like one that is denied. */
  toServer(id: string): Decision {
    const at = this.#catalog.servers.find(({ server }) => server.id === id);
    return at ? this.to(at) : { ...this.portal, allowed: false, level: 'server', policy: null, reason: GONE };
  }

  servers(): ServerEntry[] {
    return this.#catalog.servers.filter((at) => this.to(at).allowed);
  }
}

const GONE = 'This server is not in the portal any more.';

/** The refusal of a person who may know why: by the portal itself, or of what they were just using. */
export const refused = ({ reason }: Decision): RpcError => new RpcError(code.denied, reason, { status: 403 });
