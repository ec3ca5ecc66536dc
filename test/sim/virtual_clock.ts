/** Time that moves only when told: a day of retries passes in milliseconds. */
import type { CancelTimer, Clock } from "../../src/clock.ts";

type Timer = { at: number; seq: number; fire: () => void; isCancelled: boolean };

/** 2026-01-05T00:00:00Z, a Monday. */
const START_AT = 1_767_571_200_000;

export class VirtualClock implements Clock {
  #now = START_AT;
  #seq = 0;
  #timers: Timer[] = [];

  now(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now - START_AT;
  }

  setTimer(fire: () => void, delayMs: number): CancelTimer {
    const timer = { at: this.#now + Math.max(0, delayMs), seq: this.#seq++, fire, isCancelled: false };
    let at = this.#timers.length;
    while (at > 0 && isLater(this.#timers[at - 1], timer)) at -= 1;
    this.#timers.splice(at, 0, timer);
    return () => {
      timer.isCancelled = true;
    };
  }

  /** Drops every timer, as the death of the process does. */
  killTimers(): void {
    this.#timers = [];
  }

  /** Moves time on by `ms`, firing what becomes due in its order, and letting all promises settle after each. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settle();
    for (;;) {
      const timer = this.#timers[0];
      if (timer === undefined || timer.at > until) break;
      this.#timers.shift();
      if (timer.isCancelled) continue;
      this.#now = Math.max(this.#now, timer.at);
      timer.fire();
      await settle();
    }
    this.#now = until;
  }

  /** Moves time on until `isDone`, at most by `msMax`; false when it was not done by then. */
  async advanceUntil(
    isDone: () => boolean | Promise<boolean>,
    options: { stepMs: number; msMax: number },
  ): Promise<boolean> {
    for (let passed = 0; passed < options.msMax; passed += options.stepMs) {
      if (await isDone()) return true;
      await this.advance(options.stepMs);
    }
    return await isDone();
  }
}

function isLater(one: Timer | undefined, other: Timer): boolean {
  return one !== undefined && (one.at > other.at || (one.at === other.at && one.seq > other.seq));
}

/** Lets every promise that can settle do so: the store in one thread answers within a few turns of the loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}
