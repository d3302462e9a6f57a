import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { MethodView } from '../../../local/gateway/rest-api.ts';
import { compileRoutes } from '../../../local/gateway/routes.ts';

const method = (resourcePath: string, httpMethod = 'ANY'): MethodView => ({
  resourceId: resourcePath,
  resourcePath,
  httpMethod,
  functionName: 'function',
  transferMode: 'BUFFERED',
  timeoutMilliseconds: 29_000,
  authorizer: undefined,
  throttle: { rate: 1000, burst: 1000 },
});

const PATHS = ['/', '/a', '/a/b', '/a/{x}', '/{x}', '/{x}/b', '/a/{rest+}', '/b/{rest+}', '/a/{x}/c'];

/** Whether a path fits a resource path, segment by segment. */
function fits(resourcePath: string, path: string): boolean {
  const expected = resourcePath.split('/').slice(1);
  const segments = path.split('/').slice(1);
  const greedy = expected.at(-1)?.endsWith('+}') === true;
  if (greedy ? segments.length < expected.length : segments.length !== expected.length) return false;
  return expected.every((part, i) => part.startsWith('{') || part === segments[i]);
}

describe('routing', () => {
  it('finds a resource exactly when one fits', () => {
    const paths = fc
      .array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 4 })
      .map((segments) => `/${segments.join('/')}`);
    fc.assert(
      fc.property(fc.subarray(PATHS), paths, (resources, path) => {
        const found = compileRoutes(resources.map((resource) => method(resource)))('GET', path);
        expect(found !== undefined).toBe(resources.some((resource) => fits(resource, path)));
        if (found) expect(fits(found.method.resourcePath, path)).toBe(true);
      }),
    );
  });

  it.each([
    ['/a/b', '/a/b'],
    ['/a/c', '/a/{x}'],
    ['/a/b/c', '/a/{x}/c'],
    ['/a/b/d', '/a/{rest+}'],
    ['/z/b', '/{x}/b'],
    ['/', '/'],
  ])('prefers the more specific resource: %s is %s', (path, resource) => {
    const route = compileRoutes(PATHS.map((each) => method(each)));
    expect(route('GET', path)?.method.resourcePath).toBe(resource);
  });

  it('prefers the method itself to ANY', () => {
    const route = compileRoutes([method('/a'), method('/a', 'POST')]);
    expect(route('POST', '/a')?.method.httpMethod).toBe('POST');
    expect(route('PUT', '/a')?.method.httpMethod).toBe('ANY');
  });

  it('decodes path parameters and leaves what cannot be decoded', () => {
    const route = compileRoutes([method('/a/{rest+}')]);
    expect(route('GET', '/a/%C3%BC/%zz')?.pathParameters).toEqual({ rest: 'ü/%zz' });
  });

  it('is not led astray by names of object members', () => {
    const route = compileRoutes([method('/a')]);
    for (const path of ['/__proto__', '/constructor', '/a/toString'])
      expect(route('GET', path)).toBeUndefined();
    expect(route('constructor', '/a')?.method.httpMethod).toBe('ANY');
  });
});
