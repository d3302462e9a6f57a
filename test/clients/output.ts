import { setTimeout as sleep } from 'node:timers/promises';
import { Browser } from '../../examples/clients/browser.ts';

const ADDRESS = /(https?:\/\/[^\s"]+\/oauth\/authorize\?[^\s"]+)[\s"]/;

/** What a client prints, as it comes. */
export class Output {
  text = '';
  ended = false;
  readonly #waiting = new Set<() => void>();

  add(chunk: Buffer): void {
    this.text += chunk;
    this.#wake();
  }

  end(): void {
    this.ended = true;
    this.#wake();
  }

  #wake(): void {
    for (const look of this.#waiting) look();
  }

  /** The address that the client asks the person to open. @throws Error when the client ends without asking. */
  async address(): Promise<URL> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (this.ended || ADDRESS.test(this.text)) resolve();
    };
    this.#waiting.add(look);
    look();
    await promise;
    this.#waiting.delete(look);
    const [, address] = ADDRESS.exec(this.text) ?? [];
    if (!address) throw new Error(`The client ended without asking for a sign-in: ${this.text}`);
    return new URL(address);
  }
}

/** Opens the client's callback; some clients print the address before they listen. */
async function comeBack(answer: URL, output: Output): Promise<void> {
  for (;;) {
    const response = await fetch(answer).catch((error: unknown) => {
      if (output.ended) throw new Error(output.text, { cause: error });
    });
    if (response) {
      await response.text();
      return;
    }
    await sleep(50);
  }
}

/** Does the person's part: opens the address that the client prints, signs in, consents, comes back to the client. */
export async function signIn(output: Output, person: string): Promise<void> {
  const address = await output.address();
  const callback = new URL(address.searchParams.get('redirect_uri') ?? '');
  await comeBack(await new Browser(person).visit(address, callback), output);
}
