const KEPT_MOST = 5_000;

/**
 * Reads that are remembered for a while, each by its key: no I/O within that time. What failed is not remembered.
 * `clock` is the wall clock in ms: a monotonic one may stand still while an execution environment is frozen.
 */
export class KeptReads<T> {
  readonly #keepMs: number;
  readonly #clock: () => number;
  readonly #kept = new Map<string, { at: number; value: Promise<T> }>();

  constructor(keepMs: number, clock: () => number) {
    this.#keepMs = keepMs;
    this.#clock = clock;
  }

  read(key: string, load: () => Promise<T>): Promise<T> {
    const now = this.#clock();
    const hit = this.#kept.get(key);
    // A negative age is a clock that was set back: it says nothing.
    if (hit && now >= hit.at && now - hit.at < this.#keepMs) return hit.value;
    this.#makeRoom(now);
    const value = load();
    this.#kept.set(key, { at: now, value });
    value.catch(() => {
      if (this.#kept.get(key)?.value === value) this.#kept.delete(key);
    });
    return value;
  }

  #makeRoom(now: number): void {
    if (this.#kept.size < KEPT_MOST) return;
    for (const [old, { at }] of this.#kept) if (now - at >= this.#keepMs) this.#kept.delete(old);
    if (this.#kept.size >= KEPT_MOST) this.#kept.clear();
  }
}
