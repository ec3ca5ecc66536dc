/**
 * Slows down guessing: after some failures of one name (an address, the public part of a key), each further try has to wait,
 * twice as long as the one before. The memory is this process's own; it slows down, and the length of what is guessed is
 * what protects.
 */
import type { Clock } from "../clock.ts";
import { parseIpAddress } from "../egress/ip_address.ts";

/** How patient a throttle is. */
export type Patience = {
  /** So many failures are free. */
  readonly freeFailures: number;
  /** How long the first wait is, and the longest, in ms. */
  readonly firstWaitMs: number;
  readonly waitMsMax: number;
};

/** Failures are forgotten so long after the last one, in ms. */
export const FORGET_MS = 600_000;
/** So many names are remembered; beyond it, those that failed longest ago are forgotten. */
export const NAMES_MAX = 10_000;

type Failures = { count: number; lastAtMs: number; waitUntilMs: number };

/** Counts failures by name, and says who has to wait. */
export class FailureThrottle {
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #patience: Patience;
  readonly #onWait: (name: string) => void;
  /** In the order of the last failure. */
  readonly #failures = new Map<string, Failures>();

  /** `onWait` hears of a name when its failures are no longer free. */
  constructor(deps: { clock: Pick<Clock, "monotonicMs">; patience: Patience; onWait?: (name: string) => void }) {
    this.#clock = deps.clock;
    this.#patience = deps.patience;
    this.#onWait = deps.onWait ?? (() => {});
  }

  /**
   * How long a try of this name has to wait, in ms. With 0 it may begin, and counts as failed until {@link takeBack}: so
   * that many tries at once are no more than one after another.
   */
  begin(name: string): number {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#failures.get(name);
    const failures = known === undefined || nowMs - known.lastAtMs >= FORGET_MS ? null : known;
    if (failures !== null && failures.waitUntilMs > nowMs) return failures.waitUntilMs - nowMs;
    const count = (failures?.count ?? 0) + 1;
    this.#failures.delete(name);
    if (this.#failures.size >= NAMES_MAX) this.#forgetOldest();
    this.#failures.set(name, { count, lastAtMs: nowMs, waitUntilMs: nowMs + this.#waitMs(count) });
    if (count === this.#patience.freeFailures) this.#onWait(name);
    return 0;
  }

  /** Takes the try that {@link begin} counted back: it has not failed. What failed before is remembered all the same. */
  takeBack(name: string): void {
    const failures = this.#failures.get(name);
    if (failures === undefined) return;
    failures.count -= 1;
    failures.waitUntilMs = failures.lastAtMs + this.#waitMs(failures.count);
  }

  #waitMs(count: number): number {
    const { freeFailures, firstWaitMs, waitMsMax } = this.#patience;
    if (count < freeFailures) return 0;
    return Math.min(waitMsMax, firstWaitMs * 2 ** (count - freeFailures));
  }

  #forgetOldest(): void {
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}

/** Whose address it is: one client of IPv6 has at least 64 bits of addresses, and one of IPv4 may be written as IPv6. */
export function clientOf(ip: string): string {
  const address = parseIpAddress(ip);
  if (address === null || address.family === 4) return ip;
  const hex = Buffer.from(address.bytes).toString("hex");
  return hex.startsWith("00000000000000000000ffff") ? address.bytes.slice(12).join(".") : hex.slice(0, 16);
}
