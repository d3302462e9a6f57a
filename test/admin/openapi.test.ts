import { describe, expect, it } from '@jest/globals';
import { describeApi } from '../../lambdas/admin/openapi.ts';
import { routes } from '../../lambdas/admin/routes.ts';
import { kindNames, kinds } from '../../lambdas/shared/documents/kinds.ts';

const description = JSON.parse(JSON.stringify(describeApi(routes)));

describe('the OpenAPI description', () => {
  it('has every route with an operation of its own', () => {
    const operations = Object.entries<Record<string, { operationId: string }>>(description.paths).flatMap(
      ([path, methods]) => Object.entries(methods).map(([method, o]) => `${method} ${path} ${o.operationId}`),
    );
    expect(operations.toSorted()).toEqual(
      routes.map((r) => `${r.method.toLowerCase()} ${r.path} ${r.operation}`).toSorted(),
    );
    expect(new Set(routes.map(({ operation }) => operation)).size).toBe(routes.length);
  });

  it('refers only to schemas that it has', () => {
    const references = JSON.stringify(description).matchAll(/"\$ref":"#\/components\/schemas\/([^"/]+)/g);
    for (const [, name] of references) expect(description.components.schemas).toHaveProperty([String(name)]);
  });

  it.each(kindNames)('describes what a %s may hold', (kind) => {
    const schema = description.components.schemas[kind];
    expect(schema.required).toEqual(['apiVersion', 'kind', 'metadata', 'spec']);
    expect(schema.additionalProperties).toBe(false);
    expect(Object.keys(schema.properties.spec.properties)).toEqual(
      Object.keys(kinds[kind].schema.shape.spec.shape),
    );
  });

  it('asks for a token everywhere but at the description itself', () => {
    expect(description.security).toEqual([{ token: [] }]);
    const open = routes.filter(({ permission }) => permission === null).map(({ path }) => path);
    expect(open).toEqual(['/api/v1/openapi.json']);
    expect(description.paths['/api/v1/openapi.json'].get.security).toEqual([]);
  });

  it('shows the limits of a page and the precondition of a change', () => {
    const [limit] = description.paths['/api/v1/audit'].get.parameters.filter(
      (p: { name: string }) => p.name === 'limit',
    );
    expect(limit.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 500, default: 100 });
    const names = description.paths['/api/v1/servers/{id}'].put.parameters.map(
      (p: { name: string }) => p.name,
    );
    expect(names).toEqual(['id', 'If-Match']);
  });
});
