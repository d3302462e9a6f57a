/** Half of what a change may take to be noticed everywhere. */
const LOOKED_AFTER_MS = 30_000;

interface Versioned {
  version: number;
}

/**
 * Gives what was made, and makes it anew when there is a newer version of what it is made from: it looks every
 * 30 seconds. A failure is not kept, so the next request tries again. `clock` is the wall clock in milliseconds.
 */
export function renewed<T extends Versioned>(
  make: () => Promise<T>,
  newestVersion: () => Promise<number | undefined>,
  clock: () => number = Date.now,
): () => Promise<T> {
  let made: Promise<T> | undefined;
  let lookedAt = clock();
  const start = () => {
    const fresh = make();
    fresh.catch(() => {
      if (made === fresh) made = undefined;
    });
    made = fresh;
    lookedAt = clock();
    return fresh;
  };
  return async () => {
    if (!made) return start();
    const age = clock() - lookedAt;
    // A negative age is a clock that was set back: it says nothing.
    if (age >= 0 && age < LOOKED_AFTER_MS) return made;
    const before = made;
    const [{ version }, newest] = await Promise.all([before, newestVersion()]);
    if (made !== before) return made ?? start();
    if (version !== newest) return start();
    lookedAt = clock();
    return before;
  };
}
