import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Person } from './person.ts';
import { outputOf } from './run-command.ts';

const COMMAND = join(import.meta.dirname, '../../cli/sallyport.ts');
const ADDRESS = /https?:\/\/\S+\/oauth\/authorize\?\S+/;
const LIMIT = 60;

/** The `sallyport` command as one administrator uses it: tokens are kept between two of its runs. */
export class CommandLine {
  readonly #environment: NodeJS.ProcessEnv;

  constructor(origin: string, folder: string) {
    const { PATH } = process.env;
    this.#environment = { PATH, SALLYPORT_URL: origin, SALLYPORT_CONFIG_DIR: folder };
  }

  /** @returns what it printed. @throws Error with what it printed, unless it ended well. */
  async run(...parameters: string[]): Promise<string> {
    return outputOf(process.execPath, [COMMAND, ...parameters], {
      limit: LIMIT,
      environment: this.#environment,
    });
  }

  /** Signs in by a browser, which somebody has to be. */
  async login(person: Person): Promise<string> {
    const child = spawn(process.execPath, [COMMAND, 'login', '--no-browser'], {
      env: this.#environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT * 1_000,
    });
    let text = '';
    const asked = Promise.withResolvers<URL>();
    const read = (part: Buffer) => {
      text += part;
      const [address] = ADDRESS.exec(text) ?? [];
      if (address && text.includes('\n', text.indexOf(address))) asked.resolve(new URL(address));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    const ended = once(child, 'close').then(() => {
      asked.reject(new Error(`sallyport login asked nobody to sign in: ${text}`));
    });
    try {
      const address = await asked.promise;
      const callback = new URL(address.searchParams.get('redirect_uri') ?? '');
      await (await fetch(await person.visit(address, callback))).text();
      await ended;
      if (child.exitCode !== 0) throw new Error(`sallyport login ended with ${child.exitCode}: ${text}`);
      return text;
    } finally {
      child.kill('SIGKILL');
    }
  }
}
