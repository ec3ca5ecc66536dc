/** How far a long work has come, printed line by line. */
export class Progress {
  readonly #total: number;
  readonly #startedAt = performance.now();

  /** `total` events are to be made. */
  constructor(total: number) {
    this.#total = total;
  }

  report(made: number): void {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    console.log(`${made} of ${this.#total} events in ${seconds.toFixed(0)} s (${Math.round(made / seconds)} a second)`);
  }
}
