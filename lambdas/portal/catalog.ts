import { type CompiledLevel, compileLevel } from '../policy/decide.ts';
import { namedIn } from '../policy/named-rules.ts';
import { nameInPortal } from '../policy/naming.ts';
import type { Named } from '../policy/selectors/selector-kind.ts';
import type { SnapshotServer, SnapshotTool, VersionedSnapshot } from '../policy/snapshot.ts';
import { type HeaderParameter, headerParameters } from './header-parameters.ts';
import { isObject, type JsonObject } from './json.ts';
import { uriTemplate } from './uri-template.ts';

/** A server of the portal with its policies compiled. */
export interface ServerEntry {
  server: SnapshotServer;
  level: CompiledLevel;
  /** Of those of its tools that have no policies of their own. */
  toolLevel: CompiledLevel;
}

/** Something that a server offers, as the portal lists it: raw, with its name in the portal. */
export interface Offer {
  at: ServerEntry;
  /** Its own name or URI at its server. */
  name: string;
  definition: JsonObject;
}

export interface ToolOffer extends Offer {
  tool: SnapshotTool;
  level: CompiledLevel;
  headers: readonly HeaderParameter[];
}

export interface TemplateOffer extends Offer {
  matches: (uri: string) => boolean;
}

/** One version of a portal, indexed for routing. */
export interface Catalog {
  version: string;
  portal: VersionedSnapshot['snapshot']['portal'];
  level: CompiledLevel;
  servers: readonly ServerEntry[];
  /** By name in the portal. */
  tools: ReadonlyMap<string, ToolOffer>;
  prompts: ReadonlyMap<string, Offer>;
  /** By URI: several servers may have the same. */
  resources: ReadonlyMap<string, readonly Offer[]>;
  templates: readonly TemplateOffer[];
}

const textOf = (definition: JsonObject, member: string): string => {
  const value = definition[member];
  return typeof value === 'string' ? value : '';
};

function toolOffers(at: ServerEntry, named: Named): [string, ToolOffer][] {
  return at.server.tools.flatMap((tool): [string, ToolOffer][] => {
    const headers = headerParameters(tool.definition.inputSchema);
    if (!headers.valid) return [];
    const name = nameInPortal(at.server, tool.name);
    const definition = { ...tool.definition, name };
    const level =
      tool.policies.length === 0
        ? at.toolLevel
        : compileLevel('tool', [...tool.policies, ...at.server.toolPolicies], named);
    return [[name, { at, name: tool.name, definition, tool, level, headers: headers.parameters }]];
  });
}

function promptOffers(at: ServerEntry): [string, Offer][] {
  return at.server.prompts.map((definition) => {
    const name = textOf(definition, 'name');
    const inPortal = nameInPortal(at.server, name);
    return [inPortal, { at, name, definition: { ...definition, name: inPortal } }];
  });
}

/**
 * By name. A name that two servers claim is nobody's: such a configuration is refused where it is made, and if
 * one slips through, a call must not reach another server than the one that was meant.
 */
function byName<O extends Offer>(entries: readonly [string, O][]): Map<string, O> {
  const map = new Map<string, O>();
  const claimed = new Set<string>();
  for (const [name, offer] of entries) {
    const other = map.get(name);
    if (other && other.at !== offer.at) claimed.add(name);
    if (!other) map.set(name, offer);
  }
  for (const name of claimed) map.delete(name);
  return map;
}

/** Compiles policies and indexes names and URIs, once per snapshot version. */
export function indexSnapshot({ version, snapshot }: VersionedSnapshot): Catalog {
  const named = namedIn(snapshot);
  const servers = snapshot.servers.map((server) => ({
    server,
    level: compileLevel('server', server.policies, named),
    toolLevel: compileLevel('tool', server.toolPolicies, named),
  }));
  const resources = new Map<string, Offer[]>();
  const templates: TemplateOffer[] = [];
  for (const at of servers) {
    for (const definition of at.server.resources) {
      const name = textOf(definition, 'uri');
      const offers = resources.get(name) ?? [];
      if (!offers.some((offer) => offer.at === at)) offers.push({ at, name, definition });
      resources.set(name, offers);
    }
    for (const definition of at.server.resourceTemplates) {
      const name = textOf(definition, 'uriTemplate');
      templates.push({ at, name, definition, matches: uriTemplate(name) });
    }
  }
  return {
    version,
    portal: snapshot.portal,
    level: compileLevel('portal', snapshot.portal.policies, named),
    servers,
    tools: byName(servers.flatMap((at) => toolOffers(at, named))),
    prompts: byName(servers.flatMap(promptOffers)),
    resources,
    templates,
  };
}

/** A capability that a server declared, if it did. */
export function declared(at: ServerEntry, capability: string): JsonObject | undefined {
  const value = at.server.capabilities[capability];
  return isObject(value) ? value : undefined;
}
