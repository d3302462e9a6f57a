const seconds = (began: number): string => `${((performance.now() - began) / 1_000).toFixed(1)} s`;

/** An error's message, and those of what caused it. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${messageOf(error.cause)}`;
}

const indented = (text: string): string => text.replaceAll(/^/gm, '          ');

/** Without what failed here, nothing that follows can be looked at. */
export class Unfinished extends Error {}

/** What was looked at, printed as it comes, and how often it was as it must be. */
export class Checks {
  passed = 0;
  failed = 0;

  /** Runs one check. Whatever it throws is printed as its failure, and the rest goes on. */
  async check(what: string, look: () => Promise<unknown>): Promise<void> {
    await this.require(what, look).catch((error: unknown) => {
      if (!(error instanceof Unfinished)) throw error;
    });
  }

  /** As `check`, for what all that follows stands on. @throws Unfinished when it failed. */
  async require<Found>(what: string, look: () => Promise<Found>): Promise<Found> {
    const began = performance.now();
    try {
      const found = await look();
      this.passed += 1;
      console.log(`  ok      ${what} (${seconds(began)})`);
      return found;
    } catch (error) {
      this.failed += 1;
      console.log(`  FAILED  ${what} (${seconds(began)})\n${indented(messageOf(error))}`);
      throw new Unfinished(what);
    }
  }
}
