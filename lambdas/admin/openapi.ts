import * as z from 'zod';
import { kindNames, kinds } from '../shared/documents/kinds.ts';
import type { Route } from './route.ts';

type Json = Record<string, unknown>;

const errorBody = z.object({
  error: z.object({
    code: z.string().meta({ description: 'Stable and machine readable' }),
    message: z.string().meta({ description: 'For people: what was wrong and what to do' }),
    at: z.string().optional().meta({ description: 'Where: a path such as documents[1].spec.policies[0]' }),
  }),
});

const PATHS = '#/components/schemas/';

/** All schemas of the API as OpenAPI components that refer to each other. */
function components(routes: readonly Route[]): Record<string, Json> {
  const registry = z.registry<{ id: string }>();
  for (const kind of kindNames) registry.add(kinds[kind].schema, { id: kind });
  registry.add(errorBody, { id: 'Error' });
  for (const { operation, body, answer } of routes) {
    if (body && !registry.has(body)) registry.add(body, { id: `${operation}.request` });
    registry.add(answer, { id: `${operation}.answer` });
  }
  const { schemas } = z.toJSONSchema(registry, {
    io: 'input',
    unrepresentable: 'any',
    uri: (id) => `${PATHS}${id}`,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $schema: _dialect, $id: _address, ...schema }]) => [id, schema]),
  );
}

const reference = (id: string) => ({ 'application/json': { schema: { $ref: `${PATHS}${id}` } } });

function queryParameters(query: z.ZodObject): Json[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const { $schema: _dialect, ...described } = z.toJSONSchema(schema, {
      io: 'input',
      unrepresentable: 'any',
    });
    return { name, in: 'query', required: false, schema: described };
  });
}

function parametersOf({ path, query, headers }: Route): Json[] {
  const id = path.includes('{id}')
    ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }]
    : [];
  const named = Object.entries(headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [...id, ...(query ? queryParameters(query) : []), ...named];
}

function operationOf(route: Route): Json {
  const { operation, summary, permission, body, bodyOptional = false, kind } = route;
  const bodyName = kind && body === kinds[kind].schema ? kind : `${operation}.request`;
  const parameters = parametersOf(route);
  return {
    operationId: operation,
    summary,
    ...(permission ? { 'x-permission': permission } : { security: [] }),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(body ? { requestBody: { required: !bodyOptional, content: reference(bodyName) } } : {}),
    responses: {
      200: { description: 'Done', content: reference(`${operation}.answer`) },
      ...(route.method === 'PUT'
        ? { 201: { description: 'Created', content: reference(`${operation}.answer`) } }
        : {}),
      default: { description: 'Refused or failed', content: reference('Error') },
    },
  };
}

/** The OpenAPI 3.1 description of the admin API, made from the route table and the document schemas. */
export function describeApi(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operationOf(route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Sallyport admin API',
      version: 'v1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: components(routes),
    },
  };
}
