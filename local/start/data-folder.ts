import { accessSync, constants, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Marks a folder as made by Sallyport, so that nothing else is ever cleared. */
const MARKER = 'sallyport-data.txt';
const MARKER_TEXT =
  'The data of a Sallyport embedded cloud. Delete this folder or start with --fresh to begin anew.\n';

/**
 * Makes the data folder ready and returns its absolute path.
 * @param fresh clears it first.
 * @throws Error in one line when it cannot be used or is somebody else's.
 */
export function prepareDataFolder(folder: string, fresh: boolean): string {
  const path = resolve(folder);
  const content = listFolder(path);
  if (content.length > 0 && !content.includes(MARKER)) {
    throw new Error(
      `The data folder ${path} holds files that Sallyport did not make: choose another with --data or empty it yourself.`,
    );
  }
  try {
    if (fresh) for (const name of content) rmSync(join(path, name), { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, MARKER), MARKER_TEXT);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw unusable(path, cause);
  }
  return path;
}

function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw unusable(path, cause);
  }
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';

const unusable = (path: string, cause: unknown): Error =>
  new Error(
    `The data folder ${path} cannot be read and written (${codeOf(cause)}): choose another with --data.`,
    {
      cause,
    },
  );
