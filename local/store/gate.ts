/** A fair gate: shared work runs side by side, exclusive work alone, both in the order of arrival. */
export class Gate {
  /** Settles when the last exclusive work that was let in has ended; undefined when there is none. */
  #barrier: Promise<void> | undefined;
  readonly #shared = new Set<Promise<unknown>>();

  shared<Result>(work: () => Promise<Result>): Promise<Result> {
    const running = this.#barrier ? this.#barrier.then(work) : work();
    this.#shared.add(running);
    const leave = () => this.#shared.delete(running);
    running.then(leave, leave);
    return running;
  }

  exclusive<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = Promise.allSettled([this.#barrier, ...this.#shared]);
    const running = before.then(work);
    const barrier = running.then(
      () => undefined,
      () => undefined,
    );
    this.#barrier = barrier;
    void barrier.then(() => {
      if (this.#barrier === barrier) this.#barrier = undefined;
    });
    return running;
  }
}
