import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Looks again and again until there is something.
 * @param wanted what is waited for, for the message.
 * @throws Error when there is still nothing after the time.
 */
export async function until<Found>(
  wanted: string,
  seconds: number,
  look: () => Promise<Found | undefined>,
): Promise<Found> {
  const end = performance.now() + seconds * 1_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`There was no ${wanted} within ${seconds} s.`);
    await sleep(250);
  }
}
