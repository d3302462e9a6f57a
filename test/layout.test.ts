import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..');

/** Relative imports of a module, as paths from the root of the repository. */
function importsOf(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const specifiers = source.matchAll(/\b(?:from|import)\s*\(?\s*'(\.[^']+)'/g);
  return [...specifiers].map((match) => normalize(join(dirname(file), match[1] ?? '')));
}

const files = (folder: string) => globSync(`${folder}/**/*.ts`, { cwd: root });
const foldersReached = (folder: string) =>
  new Set(files(folder).flatMap((file) => importsOf(file).map((target) => target.split('/')[0])));

/** Everything that a file's bundle can contain of this repository. */
function reachable(entry: string): Set<string> {
  const seen = new Set<string>();
  const queue = [entry];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    queue.push(...importsOf(file));
  }
  return seen;
}

describe('the layout', () => {
  const entries = globSync('lambdas/*/*.lambda.ts', { cwd: root });

  it('has the entry points of every capability', () => {
    expect(entries.sort()).toEqual([
      'lambdas/access/authorizer.lambda.ts',
      'lambdas/access/maintenance.lambda.ts',
      'lambdas/access/oauth.lambda.ts',
      'lambdas/admin/api.lambda.ts',
      'lambdas/audit/sweep.lambda.ts',
      'lambdas/console/pages.lambda.ts',
      'lambdas/dispatch/tick.lambda.ts',
      'lambdas/migrations/migrate.lambda.ts',
      'lambdas/portal/relay.lambda.ts',
    ]);
  });

  it.each(entries)(
    '%s reaches nothing outside lambdas/, so no stand-in of the embedded cloud is deployed',
    (entry) => {
      const outside = [...reachable(entry)].filter((file) => !file.startsWith('lambdas/'));
      expect(outside).toEqual([]);
    },
  );

  it('keeps handler code out of the infrastructure', () => {
    expect([...foldersReached('lib')]).toEqual(['lib']);
  });

  it('keeps the command line and the examples to the public interfaces', () => {
    expect(foldersReached('cli')).not.toContain('local');
    expect(foldersReached('cli')).not.toContain('lib');
    expect(foldersReached('examples')).not.toContain('local');
    expect(foldersReached('examples')).not.toContain('lambdas');
  });

  it('lets handlers find their environment in the template only', () => {
    for (const file of files('lambdas')) {
      if (file.endsWith('shared/environment.ts')) continue;
      expect({
        file,
        readsEnvironment: /process\.env\b/.test(readFileSync(join(root, file), 'utf8')),
      }).toEqual({
        file,
        readsEnvironment: false,
      });
    }
  });
});
