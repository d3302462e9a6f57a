import { spawn } from 'node:child_process';
import type { Trip } from './client.ts';
import { Output, signIn } from './output.ts';

/** All that a client learns of this machine: a home folder. Without a PATH it finds no browser to open. */
export const environmentOf = ({ home }: Trip): Record<string, string> => ({
  HOME: home,
  XDG_CONFIG_HOME: home,
});

/** A client in a process of its own. */
export class ClientProcess {
  readonly #ended: Promise<number | null>;
  readonly #person: string;
  readonly #all = new Output();
  readonly #out = new Output();

  constructor(trip: Trip, module: string, parameters: readonly string[], environment = {}) {
    this.#person = trip.person;
    // Its input stays open: some clients end with it.
    const child = spawn(process.execPath, [module, ...parameters], {
      cwd: trip.home,
      env: { ...environmentOf(trip), ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      signal: trip.signal,
      killSignal: 'SIGKILL',
    });
    // Ended with its trip; nobody waits for it by then.
    child.on('error', () => this.#all.end());
    child.stdout.on('data', (chunk: Buffer) => this.#out.add(chunk));
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => this.#all.add(chunk));
    this.#ended = new Promise((resolve) => {
      child.once('close', (code) => {
        this.#all.end();
        resolve(code);
      });
    });
  }

  async signIn(): Promise<this> {
    await signIn(this.#all, this.#person);
    return this;
  }

  /** Waits for its end. @returns what it printed. @throws Error with all that it said unless it ended well. */
  async finished(): Promise<{ out: string; all: string }> {
    const code = await this.#ended;
    if (code !== 0) throw new Error(`The client ended with ${code}: ${this.#all.text}`);
    return { out: this.#out.text, all: this.#all.text };
  }
}
