import type { MethodView } from './rest-api.ts';

export interface Route {
  method: MethodView;
  pathParameters: Readonly<Record<string, string>>;
}

interface Resource {
  literals: Map<string, Resource>;
  /** `{name}`: any one segment. */
  variable: { name: string; resource: Resource } | undefined;
  /** `{name+}`: one segment or more. */
  greedy: { name: string; resource: Resource } | undefined;
  methods: Map<string, MethodView>;
}

const emptyResource = (): Resource => ({
  literals: new Map(),
  variable: undefined,
  greedy: undefined,
  methods: new Map(),
});

function childOf(parent: Resource, segment: string): Resource {
  const parameter = /^\{([^+}]+)(\+?)\}$/.exec(segment);
  if (!parameter) {
    const child = parent.literals.get(segment) ?? emptyResource();
    parent.literals.set(segment, child);
    return child;
  }
  const kind = parameter[2] === '+' ? 'greedy' : 'variable';
  parent[kind] ??= { name: parameter[1] ?? '', resource: emptyResource() };
  return parent[kind].resource;
}

const segmentsOf = (path: string): string[] => path.split('/').filter((segment) => segment !== '');

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/**
 * Compiles the resource tree of a REST API. A literal segment goes before a parameter, a parameter before a greedy
 * one, and a resource that lacks the method is no match (API Gateway answers both alike).
 */
export function compileRoutes(
  methods: readonly MethodView[],
): (httpMethod: string, path: string) => Route | undefined {
  const root = emptyResource();
  for (const method of methods) {
    segmentsOf(method.resourcePath).reduce(childOf, root).methods.set(method.httpMethod, method);
  }
  return (httpMethod, path) => {
    const found = find(root, segmentsOf(path), {});
    const method = found?.resource.methods.get(httpMethod) ?? found?.resource.methods.get('ANY');
    return method && found ? { method, pathParameters: found.parameters } : undefined;
  };
}

interface Found {
  resource: Resource;
  parameters: Record<string, string>;
}

function find(
  at: Resource,
  segments: readonly string[],
  parameters: Record<string, string>,
): Found | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return at.methods.size > 0 ? { resource: at, parameters } : undefined;
  const literal = at.literals.get(segment);
  const { variable, greedy } = at;
  return (
    (literal && find(literal, rest, parameters)) ??
    (variable && find(variable.resource, rest, { ...parameters, [variable.name]: decoded(segment) })) ??
    (greedy && find(greedy.resource, [], { ...parameters, [greedy.name]: segments.map(decoded).join('/') }))
  );
}
