import { decidePortal, decideServer, within } from '../policy/decide.ts';
import type { Decision, Subject } from '../policy/decision.ts';
import { Facts } from '../policy/facts.ts';
import { ANY_ARGUMENTS } from '../policy/selectors/argument.ts';
import type { Catalog, Offer, ServerEntry, ToolOffer } from './catalog.ts';
import { code, RpcError } from './json-rpc.ts';

/** What one person or service token may use in one version of the portal; each is decided once, when it is asked for. */
export class Access {
  readonly portal: Decision;
  readonly #catalog: Catalog;
  readonly #facts: Facts;
  readonly #servers = new Map<ServerEntry, Decision>();
  readonly #tools = new Map<ToolOffer, Decision>();

  constructor(catalog: Catalog, facts: Facts) {
    this.#catalog = catalog;
    this.#facts = facts;
    this.portal = decidePortal(catalog.level, facts);
  }

  get subject(): Subject {
    return this.#facts.subject;
  }

  to(at: ServerEntry): Decision {
    let decision = this.#servers.get(at);
    if (!decision) {
      decision = decideServer(this.#catalog.level, at.level, this.#about(at));
      this.#servers.set(at, decision);
    }
    return decision;
  }

  /** Without arguments, whether there are any with which the tool may be called. */
  toTool(offer: ToolOffer, args: unknown = ANY_ARGUMENTS): Decision {
    if (args !== ANY_ARGUMENTS) return this.#decideTool(offer, args);
    let decision = this.#tools.get(offer);
    if (!decision) {
      decision = this.#decideTool(offer, args);
      this.#tools.set(offer, decision);
    }
    return decision;
  }

  #decideTool({ at, level, tool }: ToolOffer, args: unknown): Decision {
    const target = { labels: at.server.labels, toolRisk: tool.risk ?? 'destructive', arguments: args };
    return within(this.to(at), level, this.#facts.about(target));
  }

  #about({ server }: ServerEntry): Facts {
    return this.#facts.about({ labels: server.labels });
  }

  /** Whether the holder would be let in from the right place, at the right time, with the right device. */
  get elsewhere(): Access {
    return new Access(this.#catalog, new Facts(this.#facts.subject, { requestOpen: true }));
  }

  /** By id, which outlives a version of the portal; a server that is gone is refused like one that is denied. */
  toServer(id: string): Decision {
    const at = this.#catalog.servers.find(({ server }) => server.id === id);
    return at ? this.to(at) : { ...this.portal, allowed: false, level: 'server', policy: null, reason: GONE };
  }

  /** The tool of an offer of another version of the portal. */
  toToolOf({ at, name }: Offer, args: unknown): Decision {
    const offers = [...this.#catalog.tools.values()];
    const same = offers.find((offer) => offer.name === name && offer.at.server.id === at.server.id);
    return same ? this.toTool(same, args) : this.toServer(at.server.id);
  }

  servers(): ServerEntry[] {
    return this.#catalog.servers.filter((at) => isOpen(this.to(at)));
  }
}

/** Allowed, or allowed after something that the person does alone. */
export const isOpen = ({ allowed, remedies }: Decision): boolean =>
  allowed || (remedies.length > 0 && remedies.every(({ kind }) => kind !== 'approval'));

const GONE = 'This server is not in the portal any more.';

/** The refusal of a person who may know why: by the portal itself, or of what they were just using. */
export const refused = ({ reason }: Decision): RpcError => new RpcError(code.denied, reason, { status: 403 });
