import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/**
 * A file that the configuration names.
 * @param option the option that names it, as errors call it.
 * @param limit bytes: what it says ends up in the template, which CloudFormation limits to 1 MB.
 * @throws Error naming the option when the file cannot be read or is too large.
 */
export function configuredFile(folder: string, path: string, option: string, limit: number): Buffer {
  const file = resolve(folder, path);
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new Error(`${option}: ${file} ${why}. The path begins at the folder of the configuration.`);
  }
  if (content.length > limit)
    throw new Error(`${option}: ${file} has ${content.length} bytes; at most ${limit} are possible.`);
  return content;
}
