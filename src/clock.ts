/** Time, injected: the engine runs unchanged under a virtual clock. */

/** Stops a timer that has not fired yet; calling it later does nothing. */
export type CancelTimer = () => void;

/** The only source of time. Points in time are epoch milliseconds, durations milliseconds. */
export interface Clock {
  /** Wall-clock time, for what is stored and shown. May jump. */
  now(): number;
  /** Monotonic milliseconds with fractions, for durations. Its zero means nothing. */
  monotonicMs(): number;
  /**
   * Calls `fire` once, `delayMs` from now. Schedules longer than a day belong in the store, not in a timer:
   * `delayMs` above 2^31-1 would fire at once in Node, so it is shortened to a day.
   */
  setTimer(fire: () => void, delayMs: number): CancelTimer;
}

const TIMER_MS_MAX = 86_400_000;

/** The clock of the operating system. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  setTimer: (fire, delayMs) => {
    const timer = setTimeout(fire, Math.min(Math.max(delayMs, 0), TIMER_MS_MAX));
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Resolves after so many milliseconds; at most a day, see {@link Clock.setTimer}. */
export function sleep(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.setTimer(resolve, ms));
}

/** RFC 3339 UTC with milliseconds, the form of every time in the API. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
