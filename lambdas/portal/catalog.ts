import { type CompiledLevel, compileLevel } from '../policy/decide.ts';
import type { SnapshotServer, SnapshotTool, VersionedSnapshot } from '../policy/snapshot.ts';
import { type HeaderParameter, headerParameters } from './header-parameters.ts';
import { isObject, type JsonObject } from './json.ts';
import type { Naming } from './naming.ts';
import { uriTemplate } from './uri-template.ts';

/** A server of the portal with its policies compiled. */
export interface ServerEntry {
  server: SnapshotServer;
  level: CompiledLevel;
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
  /** By name in the portal; the first definition of a name stands. */
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

function toolOffers(at: ServerEntry, naming: Naming): [string, ToolOffer][] {
  return at.server.tools.flatMap((tool): [string, ToolOffer][] => {
    const headers = headerParameters(tool.definition.inputSchema);
    if (!headers.valid) return [];
    const name = naming(at.server.slug, tool.name);
    const definition = { ...tool.definition, name };
    return [[name, { at, name: tool.name, definition, tool, headers: headers.parameters }]];
  });
}

function promptOffers(at: ServerEntry, naming: Naming): [string, Offer][] {
  return at.server.prompts.map((definition) => {
    const name = textOf(definition, 'name');
    const inPortal = naming(at.server.slug, name);
    return [inPortal, { at, name, definition: { ...definition, name: inPortal } }];
  });
}

function firstWins<T>(entries: readonly [string, T][]): Map<string, T> {
  const map = new Map<string, T>();
  for (const [key, value] of entries) if (!map.has(key)) map.set(key, value);
  return map;
}

/** Compiles policies and indexes names and URIs, once per snapshot version. */
export function indexSnapshot({ version, snapshot }: VersionedSnapshot, naming: Naming): Catalog {
  const servers = snapshot.servers.map((server) => ({
    server,
    level: compileLevel('server', server.policies),
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
    level: compileLevel('portal', snapshot.portal.policies),
    servers,
    tools: firstWins(servers.flatMap((at) => toolOffers(at, naming))),
    prompts: firstWins(servers.flatMap((at) => promptOffers(at, naming))),
    resources,
    templates,
  };
}

/** A capability that a server declared, if it did. */
export function declared(at: ServerEntry, capability: string): JsonObject | undefined {
  const value = at.server.capabilities[capability];
  return isObject(value) ? value : undefined;
}
