import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ConfigurationSource } from '../lib/configuration.ts';

const SAMPLE = join(import.meta.dirname, '..', 'sallyport.config.ts');
const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.json'];

export interface LoadedConfiguration {
  /** What the file says, not yet validated. */
  input: unknown;
  source: ConfigurationSource;
}

/**
 * Reads the configuration: the default export of a module, or a JSON file.
 * @param chosen a path from the working directory; the checkout's own file when there is none.
 * @throws Error naming the file and what is wrong with it.
 */
export async function loadConfiguration(chosen: string | undefined): Promise<LoadedConfiguration> {
  const file = chosen ? resolve(chosen) : SAMPLE;
  const source = { name: chosen ?? 'sallyport.config.ts', folder: dirname(file) };
  if (!existsSync(file)) {
    throw new Error(
      `${source.name} does not exist: the configuration was looked for at ${file}. A path given by -c config=PATH or SALLYPORT_CONFIG begins at the working directory.`,
    );
  }
  if (!EXTENSIONS.includes(extname(file))) {
    throw new Error(`${source.name}: a configuration ends with one of ${EXTENSIONS.join(' ')}.`);
  }
  return { input: await contentOf(file, source.name), source };
}

async function contentOf(file: string, name: string): Promise<unknown> {
  let module: object;
  try {
    if (extname(file) === '.json') return JSON.parse(readFileSync(file, 'utf8'));
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${name} cannot be loaded: ${why}`, { cause: error });
  }
  if ('default' in module) return module.default;
  throw new Error(
    `${name} has no default export: write "export default { environments: { production: { … } } }".`,
  );
}
