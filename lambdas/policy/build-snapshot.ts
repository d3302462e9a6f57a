import type { DocumentOf } from '../shared/documents/kinds.ts';
import type { ServerCatalog } from './catalog.ts';
import type { NamedPolicy } from './decision.ts';
import { type NamedDocuments, namedRules } from './named-rules.ts';
import type { PortalSnapshot, RawDefinition, SnapshotServer, SnapshotTool } from './snapshot.ts';

/** Documents of a deployment, as far as snapshots are made of them. */
export interface Configuration extends NamedDocuments {
  servers: readonly DocumentOf<'Server'>[];
  policies: readonly DocumentOf<'Policy'>[];
}

/** The policies of these ids, in order. */
type Policies = (ids: readonly string[]) => NamedPolicy[];

/**
 * Puts together all that the relay needs to serve one portal. Pure, and the same documents in any order give
 * the same snapshot. Left out are servers that are disabled, unknown or never synced, tools that are
 * disabled, and a server whose slug an earlier one of the portal has. A policy that is named but not there
 * blocks everyone at its place, since dropping it could drop a block: every person by a block there, service
 * tokens by the end of the list, which follows.
 */
export function buildSnapshot(
  portal: DocumentOf<'Portal'>,
  configuration: Configuration,
  catalogs: ReadonlyMap<string, ServerCatalog>,
): PortalSnapshot {
  const serverById = new Map(configuration.servers.map((server) => [server.metadata.id, server]));
  const policyById = new Map(configuration.policies.map((policy) => [policy.metadata.id, policy]));
  const used = new Map<string, NamedPolicy>();
  const named: Policies = (ids) => {
    const gone = ids.findIndex((id) => !policyById.has(id));
    const kept = gone === -1 ? ids : ids.slice(0, gone + 1);
    const policies = kept.map((id) => namedPolicy(id, policyById.get(id)));
    for (const policy of policies) used.set(policy.id, policy);
    return policies;
  };

  const { title, description, payloads, clients } = portal.spec;
  const bySlug = new Map<string, SnapshotServer>();
  for (const id of portal.spec.servers) {
    const server = serverById.get(id);
    const catalog = catalogs.get(id);
    if (!server?.spec.enabled || !catalog || bySlug.has(server.spec.slug)) continue;
    bySlug.set(server.spec.slug, snapshotServer(server, catalog, named));
  }
  const { id } = portal.metadata;
  const policies = named(portal.spec.policies);
  return {
    portal: { id, title, description, payloads, clients, policies },
    servers: [...bySlug.values()],
    ...namedRules([...used.values()], configuration),
  };
}

function namedPolicy(id: string, document: DocumentOf<'Policy'> | undefined): NamedPolicy {
  if (document) return { id, spec: document.spec };
  const message = 'The policy is named here but does not exist.';
  // People and service tokens: a level of tools that has blocks alone lets in whom none of them matches.
  const include = [{ everyone: true as const }, { anyServiceToken: true as const }];
  return { id, spec: { action: 'block', include, require: [], exclude: [], message } };
}

function snapshotServer(
  { metadata, spec }: DocumentOf<'Server'>,
  catalog: ServerCatalog,
  named: Policies,
): SnapshotServer {
  return {
    id: metadata.id,
    slug: spec.slug,
    naming: spec.naming,
    title: spec.title,
    description: spec.description,
    url: spec.url,
    era: catalog.era,
    capabilities: catalog.capabilities,
    instructions: catalog.instructions,
    policies: named(spec.policies),
    toolPolicies: named(spec.toolPolicies),
    labels: spec.labels,
    tools: enabledTools(spec.tools, catalog.tools, named),
    prompts: [...byKey(catalog.prompts, 'name').values()],
    resources: [...byKey(catalog.resources, 'uri').values()],
    resourceTemplates: [...byKey(catalog.resourceTemplates, 'uriTemplate').values()],
  };
}

function enabledTools(
  reviews: DocumentOf<'Server'>['spec']['tools'],
  definitions: readonly RawDefinition[],
  named: Policies,
): SnapshotTool[] {
  const tools: SnapshotTool[] = [];
  for (const [name, definition] of byKey(definitions, 'name')) {
    // Names come from the server: one called `constructor` must not find an inherited member.
    const review = Object.hasOwn(reviews, name) ? reviews[name] : undefined;
    if (review?.enabled !== false)
      tools.push({ name, definition, risk: review?.risk, policies: named(review?.policies ?? []) });
  }
  return tools;
}

/** The definitions that have the key, sorted by it; of two alike the first stays. */
function byKey(definitions: readonly RawDefinition[], key: string): Map<string, RawDefinition> {
  const found = new Map<string, RawDefinition>();
  for (const definition of definitions) {
    const name = definition[key];
    if (typeof name === 'string' && !found.has(name)) found.set(name, definition);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}
