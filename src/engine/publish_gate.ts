/**
 * Lets a lane catch up with what waits in the store. A lane of which something is in the store takes no hand-over, and whoever
 * publishes without a pause would leave it there for good, where it costs a claim: each claim ends with newer events behind it
 * already. So a tenant's publishes are held for a moment, those under way end, and one claim brings what they left.
 */
import type { CancelTimer, Clock } from "../clock.ts";

/** A gate opens after so long in any case, in ms. */
const HELD_MS_MAX = 250;
/** From one closing of a tenant's gate to the next, in ms: where other processes publish as well, it is of no use. */
const CLOSE_EVERY_MS = 200;

/** A tenant's gate, kept while publishes are under way or it is closed. */
type Gate = {
  underWay: number;
  /** Null: open. */
  closed: { opened: Promise<void>; open: () => void; onQuiet: () => void; cancelTimer: CancelTimer } | null;
};

/** The gates of one process, by tenant. */
export class PublishGate {
  readonly #clock: Clock;
  readonly #gates = new Map<number, Gate>();
  /** Monotonic ms of the last closing. */
  readonly #closedAtMs = new Map<number, number>();

  constructor({ clock }: { clock: Clock }) {
    this.#clock = clock;
  }

  /** Runs a publish, after the gate has opened if it is closed. */
  async pass<Result>(tenant: number, publish: () => Promise<Result>): Promise<Result> {
    await this.#gates.get(tenant)?.closed?.opened; // no second time: nobody is held for long
    const gate = this.#gate(tenant);
    gate.underWay += 1;
    try {
      return await publish();
    } finally {
      gate.underWay -= 1;
      if (gate.underWay === 0) gate.closed?.onQuiet();
      this.#forget(tenant, gate);
    }
  }

  /** Closes a tenant's gate unless that was done lately, and calls `onQuiet` once no publish is under way. */
  close(tenant: number, onQuiet: () => void): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - (this.#closedAtMs.get(tenant) ?? Number.NEGATIVE_INFINITY) < CLOSE_EVERY_MS) return;
    const gate = this.#gate(tenant);
    if (gate.closed !== null) return;
    for (const [other, atMs] of this.#closedAtMs) if (nowMs - atMs >= CLOSE_EVERY_MS) this.#closedAtMs.delete(other);
    this.#closedAtMs.set(tenant, nowMs);
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancelTimer = this.#clock.setTimer(() => this.open(tenant), HELD_MS_MAX);
    gate.closed = { opened: promise, open: resolve, onQuiet, cancelTimer };
    if (gate.underWay === 0) onQuiet();
  }

  /** Whether the tenant's gate is closed, with publishes that passed it still under way. */
  isEmptying(tenant: number): boolean {
    const gate = this.#gates.get(tenant);
    return gate !== undefined && gate.closed !== null && gate.underWay > 0;
  }

  /** Lets the tenant's publishes go on. */
  open(tenant: number): void {
    const gate = this.#gates.get(tenant);
    if (gate === undefined || gate.closed === null) return;
    const { open, cancelTimer } = gate.closed;
    gate.closed = null;
    cancelTimer();
    open();
    this.#forget(tenant, gate);
  }

  #gate(tenant: number): Gate {
    const gate = this.#gates.get(tenant) ?? { underWay: 0, closed: null };
    this.#gates.set(tenant, gate);
    return gate;
  }

  #forget(tenant: number, gate: Gate): void {
    if (gate.underWay === 0 && gate.closed === null) this.#gates.delete(tenant);
  }
}
