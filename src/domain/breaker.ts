/**
 * How many attempts of one webhook may run at a time, besides its own cap.
 *
 * Slow start: a new, re-enabled or throttled webhook begins at 2 (throttled: half of what it had) and gains one place
 * with every success, up to its cap. After 5 timeouts in a row the breaker opens: one probe at a time, until a success
 * closes it and slow start begins again. Without it, caps alone starve everybody once hanging webhooks × cap fill the slots.
 */

export const SLOW_START_PLACES = 2;
export const BREAKER_TIMEOUTS = 5;

/** The state of one webhook's breaker. */
export type Breaker = { places: number; timeoutsInRow: number };

/** What an attempt says about its webhook: `throttled` is a 429, 502, 503 or 504. */
export type BreakerSignal = "success" | "timeout" | "throttled" | "failure";

/** A webhook about which nothing is known. */
export function newBreaker(): Breaker {
  return { places: SLOW_START_PLACES, timeoutsInRow: 0 };
}

/** Whether only one probe at a time may run. */
export function isOpen(breaker: Breaker): boolean {
  return breaker.timeoutsInRow >= BREAKER_TIMEOUTS;
}

/** How many attempts may run at a time. `cap` is the webhook's `maxConcurrency`. */
export function placesOf(breaker: Breaker, cap: number): number {
  return isOpen(breaker) ? 1 : Math.min(breaker.places, cap);
}

/** The state after one more attempt. */
export function afterAttempt(breaker: Breaker, signal: BreakerSignal, cap: number): Breaker {
  switch (signal) {
    case "success":
      return isOpen(breaker) ? newBreaker() : { places: Math.min(breaker.places + 1, cap), timeoutsInRow: 0 };
    case "timeout":
      return { places: breaker.places, timeoutsInRow: breaker.timeoutsInRow + 1 };
    case "throttled":
      return { places: Math.max(1, Math.floor(breaker.places / 2)), timeoutsInRow: 0 };
    case "failure":
      return { places: breaker.places, timeoutsInRow: 0 };
  }
}
