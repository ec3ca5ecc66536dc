/**
 * A background job that repeats: runs once, waits, runs again, until stopped. Errors never end it. The first of a row is logged,
 * then one a minute, and their end: whoever reads the log of an outage needs no thousand lines of it.
 */
import type { Clock, CancelTimer } from "./clock.ts";
import type { Logger } from "./log.ts";

/** What a {@link Loop} repeats and how often. */
export type LoopOptions = {
  name: string;
  /** Pause between the end of a run and the next, in ms. A run may ask for another pause by what it returns. */
  everyMs: number;
  /** One run. A returned number is the pause in ms before the next one, in place of `everyMs`. */
  run: (signal: AbortSignal) => Promise<number | void>;
  clock: Clock;
  log: Logger;
};

/** While a job fails again and again, it is told so often, in ms. */
const TELL_EVERY_MS = 60_000;

/** Repeats a `runOnce`. `start` and `stop` are idempotent, and stop before start is legal. */
export class Loop {
  readonly #options: LoopOptions;
  readonly #abort = new AbortController();
  #running: Promise<void> | null = null;
  #cancelTimer: CancelTimer | null = null;
  #wake: (() => void) | null = null;
  #kicked = false;
  /** Errors in a row, and when the last one was told, in monotonic ms. */
  #failures = { count: 0, toldAtMs: Number.NEGATIVE_INFINITY };

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  /** Begins with a run at once. */
  start(): void {
    if (this.#running === null && !this.#abort.signal.aborted) this.#running = this.#repeat();
  }

  /** Ends the present pause, or makes the next one zero. */
  kick(): void {
    this.#kicked = true;
    this.#wake?.();
  }

  /** Resolves when no run is under way and none will begin. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#wake?.();
    await this.#running;
  }

  async #repeat(): Promise<void> {
    const { everyMs, run } = this.#options;
    while (!this.#abort.signal.aborted) {
      let pauseMs = everyMs;
      this.#kicked = false;
      try {
        pauseMs = (await run(this.#abort.signal)) ?? everyMs;
        this.#tellEnd();
      } catch (error) {
        this.#tell(error);
      }
      await this.#pause(pauseMs);
    }
  }

  #tell(error: unknown): void {
    const { name, clock, log } = this.#options;
    const nowMs = clock.monotonicMs();
    this.#failures.count += 1;
    if (nowMs - this.#failures.toldAtMs < TELL_EVERY_MS) return;
    this.#failures.toldAtMs = nowMs;
    log.error({ loop: name, failures: this.#failures.count, err: error }, "a background run failed; it is repeated");
  }

  #tellEnd(): void {
    const { name, log } = this.#options;
    const { count } = this.#failures;
    if (count === 0) return;
    this.#failures = { count: 0, toldAtMs: Number.NEGATIVE_INFINITY };
    log.info({ loop: name, failures: count }, "the background run that failed has succeeded again");
  }

  #pause(pauseMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#cancelTimer?.();
        this.#cancelTimer = null;
        this.#wake = null;
        resolve();
      };
      this.#wake = wake;
      if (this.#kicked || this.#abort.signal.aborted) wake();
      else this.#cancelTimer = this.#options.clock.setTimer(wake, pauseMs);
    });
  }
}
