import type { ServerCatalog } from '../policy/catalog.ts';
import { SallyportError } from '../shared/errors.ts';
import { createOutgoing } from '../shared/outgoing.ts';
import { checkDefinition } from './definition-limits.ts';
import { headerParameters } from './header-parameters.ts';
import { isObject, type JsonObject } from './json.ts';
import { connect, type ServerConnection } from './upstream/connection.ts';
import { drain, UnendingList } from './upstream/drain.ts';
import { UpstreamFailure } from './upstream/failure.ts';

const LIMIT_MS = 25_000;

const unreachable = (message: string, cause?: unknown) =>
  new SallyportError('upstream_unreachable', 502, message, { at: 'spec.url', cause });

/** The entries that have a name, each checked; `kind` is for whoever has to mend one. */
function named(entries: readonly JsonObject[], member: string, kind: string): JsonObject[] {
  const usable = entries.filter((entry) => typeof entry[member] === 'string' && entry[member] !== '');
  for (const entry of usable) checkDefinition(entry, `${kind} "${String(entry[member]).slice(0, 100)}"`);
  return usable;
}

/** Tools with invalid `x-mcp-header` annotations are left out (2026-07-28, Streamable HTTP). */
const usable = (tools: readonly JsonObject[]): JsonObject[] =>
  named(tools, 'name', 'tool').filter((tool) => headerParameters(tool.inputSchema).valid);

async function readCatalog(connection: ServerConnection): Promise<ServerCatalog> {
  const { era, capabilities, instructions } = connection;
  checkDefinition({ capabilities, instructions }, 'declaration of itself');
  const ask = (method: string, params: JsonObject) => connection.request(method, params);
  const list = (capability: string, method: string, member: string) =>
    isObject(capabilities[capability]) ? drain(ask, method, member) : Promise.resolve([]);
  const tools = await list('tools', 'tools/list', 'tools');
  const prompts = await list('prompts', 'prompts/list', 'prompts');
  const resources = await list('resources', 'resources/list', 'resources');
  const templates = await list('resources', 'resources/templates/list', 'resourceTemplates').catch(
    (error: unknown) => {
      if (connection.lacks(error)) return [];
      throw error;
    },
  );
  return {
    era,
    capabilities,
    instructions,
    tools: usable(tools),
    prompts: named(prompts, 'name', 'prompt'),
    resources: named(resources, 'uri', 'resource'),
    resourceTemplates: named(templates, 'uriTemplate', 'resource template'),
  };
}

/**
 * Asks a server what it offers: finds the protocol era out, then reads every list to its end. Definitions are
 * kept as they are.
 * @throws SallyportError `upstream_unreachable` or `upstream_invalid` 502, or the refusal of the outgoing guard.
 */
export async function fetchCatalog(
  server: { url: string },
  networks: readonly string[],
): Promise<ServerCatalog> {
  const outgoing = createOutgoing(networks);
  const signal = AbortSignal.timeout(LIMIT_MS);
  try {
    const connection = await connect(outgoing, server.url, signal);
    try {
      return await readCatalog(connection);
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (signal.aborted) throw unreachable('The server did not answer in time.', error);
    if (error instanceof UpstreamFailure) {
      if (error.cause instanceof SallyportError) throw error.cause;
      throw unreachable(`The server ${error.message}.`, error);
    }
    if (error instanceof SallyportError) throw error;
    if (error instanceof UnendingList) throw unreachable(error.message, error);
    throw unreachable('The server refused to say what it offers.', error);
  } finally {
    outgoing.close();
  }
}
