/**
 * Slows down the guessing of keys: after some failures of one client address, each further try has to wait, twice as long
 * as the one before. The memory is this process's own; it slows down, and the length of the keys is what protects.
 */
import type { Clock } from "../clock.ts";
import { parseIpAddress } from "../egress/ip_address.ts";

/** So many failures are free. */
export const FREE_FAILURES = 5;
/** Failures are forgotten so long after the last one, in ms. */
export const FORGET_MS = 600_000;
/** How long the first wait is, and the longest, in ms. */
export const FIRST_WAIT_MS = 5_000;
export const WAIT_MS_MAX = 300_000;
/** So many addresses are remembered; beyond it, those that failed longest ago are forgotten. */
export const ADDRESSES_MAX = 10_000;

type Failures = { count: number; lastAtMs: number; waitUntilMs: number };

export class SignInThrottle {
  readonly #clock: Pick<Clock, "monotonicMs">;
  /** In the order of the last failure. */
  readonly #failures = new Map<string, Failures>();

  constructor(deps: { clock: Pick<Clock, "monotonicMs"> }) {
    this.#clock = deps.clock;
  }

  /**
   * How long the address has to wait, in ms. With 0 the try may begin, and counts as failed until {@link succeeded}: so
   * that many tries at once are no more than one after another.
   */
  begin(ip: string): number {
    const address = clientOf(ip);
    const nowMs = this.#clock.monotonicMs();
    const known = this.#failures.get(address);
    const failures = known === undefined || nowMs - known.lastAtMs >= FORGET_MS ? null : known;
    if (failures !== null && failures.waitUntilMs > nowMs) return failures.waitUntilMs - nowMs;
    const count = (failures?.count ?? 0) + 1;
    this.#failures.delete(address);
    if (this.#failures.size >= ADDRESSES_MAX) this.#forgetOldest();
    this.#failures.set(address, { count, lastAtMs: nowMs, waitUntilMs: nowMs + waitMs(count) });
    return 0;
  }

  /** Takes the try that {@link begin} counted back: it has not failed. What failed before is remembered all the same. */
  succeeded(ip: string): void {
    const failures = this.#failures.get(clientOf(ip));
    if (failures === undefined) return;
    failures.count -= 1;
    failures.waitUntilMs = 0;
  }

  #forgetOldest(): void {
    const [oldest] = this.#failures.keys();
    if (oldest !== undefined) this.#failures.delete(oldest);
  }
}

function waitMs(count: number): number {
  return count < FREE_FAILURES ? 0 : Math.min(WAIT_MS_MAX, FIRST_WAIT_MS * 2 ** (count - FREE_FAILURES));
}

/** One client of IPv6 has at least 64 bits of addresses, and one of IPv4 may be written as IPv6. */
function clientOf(ip: string): string {
  const address = parseIpAddress(ip);
  if (address === null || address.family === 4) return ip;
  const hex = Buffer.from(address.bytes).toString("hex");
  return hex.startsWith("00000000000000000000ffff") ? address.bytes.slice(12).join(".") : hex.slice(0, 16);
}
