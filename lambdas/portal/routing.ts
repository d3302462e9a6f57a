import type { Decision } from '../policy/decision.ts';
import { type Access, isOpen, refused } from './access.ts';
import type { Catalog, Offer, ToolOffer } from './catalog.ts';
import { Held } from './held.ts';
import { invalidParams, type RpcError } from './json-rpc.ts';

/** Where a request goes, with the decision that let it. */
export interface Route<O extends Offer = Offer> {
  offer: O;
  decision: Decision;
}

/**
 * Nothing of that name for this person. `refused` is for the audit alone: the caller learns no more than for a name
 * that does not exist, unless it is there for them under other circumstances
 * or the policy has a message for them.
 */
export class NotRouted extends Error {
  readonly error: RpcError;
  readonly refused: Route | undefined;

  constructor(error: RpcError, refused: Route | undefined) {
    super(error.message);
    this.error = error;
    this.refused = refused;
  }
}

/** The route of an offer that is there, unless it is refused. */
function routed<O extends Offer>(
  offer: O | undefined,
  decide: (offer: O, access: Access) => Decision,
  access: Access,
  what: string,
): Route<O> {
  if (!offer) throw new NotRouted(invalidParams(what), undefined);
  const decision = decide(offer, access);
  if (decision.allowed) return { offer, decision };
  if (decision.remedies.length > 0) throw new Held(decision, offer);
  const mayKnow = decision.told || isOpen(decide(offer, access.elsewhere));
  throw new NotRouted(mayKnow ? refused(decision) : invalidParams(what), { offer, decision });
}

export function routeTool(catalog: Catalog, access: Access, name: unknown, args: unknown): Route<ToolOffer> {
  if (typeof name !== 'string') throw invalidParams('params.name must be the name of a tool.');
  const decide = (offer: ToolOffer, by: Access) => by.toTool(offer, args ?? {});
  return routed(catalog.tools.get(name), decide, access, `Unknown tool: ${name.slice(0, 256)}`);
}

export function routePrompt(catalog: Catalog, access: Access, name: unknown): Route {
  if (typeof name !== 'string') throw invalidParams('params.name must be the name of a prompt.');
  const decide = ({ at }: Offer, by: Access) => by.to(at);
  return routed(catalog.prompts.get(name), decide, access, `Unknown prompt: ${name.slice(0, 256)}`);
}

/** One server that has it; several are ambiguous, as URIs belong to servers. */
function single(offers: readonly Offer[], access: Access, uri: string): Route | undefined {
  const servers = new Map(offers.map((offer) => [offer.at, offer]));
  const routes = [...servers.values()]
    .map((offer) => ({ offer, decision: access.to(offer.at) }))
    .filter(({ decision }) => decision.allowed || decision.remedies.length > 0);
  if (routes.length > 1)
    throw new NotRouted(
      invalidParams('Several servers of the portal have this resource.', { uri }),
      undefined,
    );
  return routes[0];
}

/** The first group of candidates that has one for this person; each is looked up only when it is needed. */
function routeUri(groups: readonly (() => readonly Offer[])[], access: Access, uri: string): Route {
  let refused: Offer | undefined;
  for (const candidates of groups) {
    const offers = candidates();
    const route = single(offers, access, uri);
    if (route && !route.decision.allowed) throw new Held(route.decision, route.offer);
    if (route) return route;
    refused ??= offers[0];
  }
  throw new NotRouted(
    invalidParams('Resource not found', { uri }),
    refused && { offer: refused, decision: access.to(refused.at) },
  );
}

const expanding = (catalog: Catalog, uri: string) => catalog.templates.filter(({ matches }) => matches(uri));

/** By the catalog: a listed resource first, then the templates that could expand to the URI. */
export function routeResource(catalog: Catalog, access: Access, uri: unknown): Route {
  if (typeof uri !== 'string') throw invalidParams('params.uri must be the URI of a resource.');
  return routeUri([() => catalog.resources.get(uri) ?? [], () => expanding(catalog, uri)], access, uri);
}

/** A completion names a template as it is listed, or a resource. */
export function routeTemplate(catalog: Catalog, access: Access, uri: unknown): Route {
  if (typeof uri !== 'string') throw invalidParams('params.ref.uri must be a URI template or a URI.');
  const groups = [
    () => catalog.templates.filter(({ name }) => name === uri),
    () => catalog.resources.get(uri) ?? [],
    () => expanding(catalog, uri),
  ];
  return routeUri(groups, access, uri);
}
