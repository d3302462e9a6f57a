import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { Failure } from './failure.ts';
import type { Tokens } from './oauth.ts';

const file = z.record(
  z.string(),
  z.record(
    z.string(),
    z.object({ accessToken: z.string(), refreshToken: z.string().optional(), expiresAt: z.number() }),
  ),
);

function folder(environment: NodeJS.ProcessEnv): string {
  if (environment.SALLYPORT_CONFIG_DIR) return environment.SALLYPORT_CONFIG_DIR;
  return join(environment.XDG_CONFIG_HOME || join(homedir(), '.config'), 'sallyport');
}

/** Tokens by deployment and resource, in a file that only its owner may read. */
export class TokenStore {
  readonly #folder: string;
  readonly #path: string;

  constructor(environment: NodeJS.ProcessEnv) {
    this.#folder = folder(environment);
    this.#path = join(this.#folder, 'tokens.json');
  }

  async #read(): Promise<z.output<typeof file>> {
    try {
      return file.parse(JSON.parse(await readFile(this.#path, 'utf8')));
    } catch (error) {
      if (typeof error === 'object' && error && 'code' in error && error.code === 'ENOENT') return {};
      if (error instanceof SyntaxError || error instanceof z.ZodError) {
        throw new Failure(`${this.#path} is damaged: delete it and sign in again.`);
      }
      throw new Failure(`${this.#path} cannot be read: ${String(error)}`);
    }
  }

  /** Replaces the file in one step, so that another command never sees half of it. */
  async #write(content: z.output<typeof file>): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = `${this.#path}.${process.pid}`;
    await writeFile(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    await rename(draft, this.#path);
  }

  async get(url: string, resource: string): Promise<Tokens | undefined> {
    return (await this.#read())[url]?.[resource];
  }

  async put(url: string, resource: string, tokens: Tokens): Promise<void> {
    const content = await this.#read();
    await this.#write({ ...content, [url]: { ...content[url], [resource]: tokens } });
  }

  /** Forgets a deployment and returns the tokens that were kept for it. */
  async remove(url: string): Promise<Tokens[]> {
    const { [url]: removed, ...content } = await this.#read();
    if (removed) await this.#write(content);
    return Object.values(removed ?? {});
  }
}
