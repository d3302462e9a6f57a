import type { Configuration } from '../../lambdas/policy/build-snapshot.ts';
import type { ServerCatalog } from '../../lambdas/policy/catalog.ts';
import { API_VERSION, type DocumentOf, kinds } from '../../lambdas/shared/documents/kinds.ts';

const head = <K extends string>(kind: K, id: string) => ({ apiVersion: API_VERSION, kind, metadata: { id } });

export const portalDocument = (spec: Record<string, unknown> = {}): DocumentOf<'Portal'> =>
  kinds.Portal.schema.parse({
    ...head('Portal', 'main'),
    spec: { title: 'Main', servers: [], policies: [], ...spec },
  });

export const serverDocument = (id: string, spec: Record<string, unknown> = {}): DocumentOf<'Server'> =>
  kinds.Server.schema.parse({
    ...head('Server', id),
    spec: { title: id, slug: id, url: `https://${id}.example.com/mcp`, policies: [], ...spec },
  });

export const policyDocument = (id: string, spec: Record<string, unknown> = {}): DocumentOf<'Policy'> =>
  kinds.Policy.schema.parse({
    ...head('Policy', id),
    spec: { action: 'allow', include: [{ everyone: true }], ...spec },
  });

export const catalogOf = (...tools: string[]): ServerCatalog => ({
  era: 'modern',
  capabilities: { tools: {} },
  instructions: undefined,
  tools: tools.map((name) => ({ name, inputSchema: { type: 'object' } })),
  prompts: [],
  resources: [],
  resourceTemplates: [],
});

/** Documents of a deployment that has no others. */
export const configuration = (
  servers: readonly DocumentOf<'Server'>[],
  policies: readonly DocumentOf<'Policy'>[],
  named: Partial<Configuration> = {},
): Configuration => ({ groups: [], lists: [], evaluations: [], ...named, servers, policies });
