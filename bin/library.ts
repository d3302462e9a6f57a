import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { bundle, ES_MODULE_WITH_REQUIRE } from './bundle.ts';

const root = join(import.meta.dirname, '..');
const library = join(root, 'library');

/** `lib/` as JavaScript with declarations: Node strips no types of what is installed. */
function compile(): void {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(library, 'tsconfig.json')], { stdio: 'inherit' });
  for (const file of globSync('lib/**/*.!(ts)', { cwd: root })) cpSync(join(root, file), join(library, file));
}

/** The command line as one file, so that whoever installs the package installs nothing for it. */
async function bundleCommandLine(): Promise<void> {
  await build({
    ...ES_MODULE_WITH_REQUIRE,
    absWorkingDir: root,
    entryPoints: ['cli/sallyport.ts'],
    target: 'node22',
    outfile: join(library, 'cli/sallyport.mjs'),
  });
}

/** Fills `library/` with what its package holds. */
async function makeLibrary(): Promise<void> {
  for (const folder of ['cli', 'dist', 'lib'])
    rmSync(join(library, folder), { recursive: true, force: true });
  await bundle();
  for (const file of globSync('dist/*/*/index.mjs', { cwd: root }))
    cpSync(join(root, file), join(library, file));
  compile();
  await bundleCommandLine();
  copyFileSync(join(root, 'LICENSE'), join(library, 'LICENSE'));
}

await makeLibrary();
