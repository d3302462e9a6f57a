import { existsSync, globSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type BuildOptions, build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

/** How esbuild makes one ES module of everything, packages that still call `require` among it. */
export const ES_MODULE_WITH_REQUIRE = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  banner: {
    js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
  },
  logLevel: 'warning',
} satisfies BuildOptions;

/** Removes bundles whose entry point is gone, so that none can be deployed. */
function removeStale(): void {
  for (const folder of globSync('*/*/', { cwd: dist })) {
    if (!existsSync(join(root, 'lambdas', `${folder}.lambda.ts`))) {
      rmSync(join(dist, folder), { recursive: true, force: true });
    }
  }
}

/** The OAuth provider names what it stores after its classes. Elsewhere keeping names only costs time. */
const keepsNames = (entry: string): boolean => entry.startsWith('lambdas/access/');

/** Bundles every `lambdas/<capability>/<name>.lambda.ts` into `dist/<capability>/<name>/index.mjs`. */
export async function bundle(): Promise<void> {
  const entries = globSync('lambdas/*/*.lambda.ts', { cwd: root });
  removeStale();
  await Promise.all(
    [true, false].map((keepNames) =>
      build({
        absWorkingDir: root,
        entryPoints: entries
          .filter((entry) => keepsNames(entry) === keepNames)
          .map((entry) => ({
            in: entry,
            out: `${relative('lambdas', entry).replace(/\.lambda\.ts$/, '')}/index`,
          })),
        outdir: dist,
        outExtension: { '.js': '.mjs' },
        ...ES_MODULE_WITH_REQUIRE,
        minify: true,
        keepNames,
      }),
    ),
  );
}

if (process.argv[1] === import.meta.filename) await bundle();
