import { declared, type ServerEntry } from '../catalog.ts';
import type { JsonObject } from '../json.ts';
import { IMPLEMENTATION, TASKS_EXTENSION } from '../protocol.ts';
import type { Context } from './context.ts';

const RELAYED = ['tools', 'prompts', 'resources', 'completions', 'logging'] as const;

/** The extensions of all servers; of two with the same id, the first server's settings stand. */
function extensionsOf(servers: readonly ServerEntry[]): JsonObject {
  const all: JsonObject = {};
  for (const at of servers) {
    for (const [id, settings] of Object.entries(declared(at, 'extensions') ?? {})) {
      if (id !== TASKS_EXTENSION && !Object.hasOwn(all, id)) all[id] = settings;
    }
  }
  return all;
}

/**
 * What this person's servers can do together, as far as the portal relays it: no change notifications and no
 * subscriptions, since nothing outlives a request.
 */
export function capabilitiesOf(servers: readonly ServerEntry[]): JsonObject {
  const capabilities: JsonObject = {};
  for (const capability of RELAYED)
    if (servers.some((at) => declared(at, capability))) capabilities[capability] = {};
  const extensions = extensionsOf(servers);
  return Object.keys(extensions).length > 0 ? { ...capabilities, extensions } : capabilities;
}

/** The server's title, with the prefix by which its tools can be told. */
const headingOf = ({ title, naming, slug }: ServerEntry['server']): string =>
  naming === 'prefixed' ? `${title} (${slug}__)` : title;

function instructionsOf(context: Context, servers: readonly ServerEntry[]): string | undefined {
  const own = context.catalog.portal.description;
  const parts = servers.flatMap(({ server }) =>
    server.instructions ? [`# ${headingOf(server)}\n\n${server.instructions}`] : [],
  );
  return [...(own ? [own] : []), ...parts].join('\n\n') || undefined;
}

export const serverInfoOf = ({ title }: { title: string }): JsonObject => ({ ...IMPLEMENTATION, title });

/** Capabilities and instructions, for both ways of asking. */
export function describePortal(context: Context): JsonObject {
  const servers = context.access.servers();
  const instructions = instructionsOf(context, servers);
  return { capabilities: capabilitiesOf(servers), ...(instructions ? { instructions } : {}) };
}
