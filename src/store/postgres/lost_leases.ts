/**
 * Leases of which nobody knows: their transaction was perhaps committed when its connection broke, and its caller was told
 * that the store is unavailable. The worker lives on, so nobody would take them over. They are given back as soon as the
 * database answers again; where the commit has not happened, or the lease has ended, that changes nothing.
 */
import type { Clock } from "../../clock.ts";
import { sleep } from "../../clock.ts";
import type { Logger } from "../../log.ts";
import { faultOf } from "./failure.ts";
import type { Lease } from "./leases.ts";

const RETRY_MS = 1_000;

export class LostLeases {
  readonly #timers: Clock;
  readonly #log: Logger;
  readonly #release: (leases: readonly Lease[]) => Promise<void>;
  #leases: Lease[] = [];
  #isReleasing = false;
  #isStopped = false;

  constructor(deps: { timers: Clock; log: Logger; release: (leases: readonly Lease[]) => Promise<void> }) {
    this.#timers = deps.timers;
    this.#log = deps.log;
    this.#release = deps.release;
  }

  add(leases: readonly Lease[]): void {
    if (leases.length === 0) return;
    this.#leases.push(...leases);
    void this.#releaseAll();
  }

  /** Gives up what is left, which is taken over when its worker is gone. */
  stop(): void {
    this.#isStopped = true;
  }

  async #releaseAll(): Promise<void> {
    if (this.#isReleasing) return;
    this.#isReleasing = true;
    while (this.#leases.length > 0) {
      await sleep(this.#timers, RETRY_MS);
      if (this.#isStopped) break;
      const leases = this.#leases;
      try {
        await this.#release(leases);
        this.#leases = this.#leases.slice(leases.length);
      } catch (error) {
        const left = { leases: this.#leases.length, fault: faultOf(error) };
        this.#log.warn(left, "leases of an unknown commit cannot be given back yet");
      }
    }
    this.#isReleasing = false;
  }
}
