/** Whether this machine's clock is the database's: signatures and tokens carry its time, and receivers take no other than their own. */
import type { Clock } from "../../clock.ts";
import type { Logger } from "../../log.ts";

/** Receivers take a signature that is up to 5 minutes from their own clock, which may be off as well. */
const CLOCKS_APART_MS_MAX = 10_000;

/** Warns when they are apart, and gives `databaseNow` back: epoch ms, read a moment ago. */
export function checkClock({ timers, log }: { timers: Clock; log: Logger }, databaseNow: number): number {
  const aheadMs = Math.round(timers.now() - databaseNow);
  if (Math.abs(aheadMs) >= CLOCKS_APART_MS_MAX) {
    log.warn(
      { aheadMs },
      "this machine's clock is not the database's, and receivers refuse signatures: synchronize both",
    );
  }
  return databaseNow;
}
