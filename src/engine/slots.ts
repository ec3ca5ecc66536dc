/**
 * The slots: how many attempts run at a time in this worker, and who may take one. A tenant holds at most a quarter
 * while others wait, and a share is kept for lanes that have succeeded lately, so that hanging endpoints, however many,
 * cannot take them all (with caps alone, 15,000 healthy deliveries were stuck in a simulation of 40 hanging webhooks).
 */
import type { Lane } from "./lane.ts";
import { Turns } from "./turns.ts";

/** The share of the slots that only proven lanes may take. */
const RESERVED_SHARE = 0.3;
/** The share of the slots that one tenant may hold while another waits. */
const TENANT_SHARE = 0.25;

export class Slots {
  readonly #max: number;
  readonly #proven = new Turns();
  readonly #unproven = new Turns();
  readonly #runningOf = new Map<number, number>();
  #running = 0;
  #isProvenTurn = true;

  /** `max`: attempts at a time. */
  constructor(max: number) {
    this.#max = max;
  }

  get running(): number {
    return this.#running;
  }

  /** Lets a ready lane stand in line, once. */
  enter(lane: Lane, nowMs: number): void {
    if (lane.isInTurn) return;
    (lane.isProven(nowMs) ? this.#proven : this.#unproven).add(lane);
  }

  /** The lane that goes next, with a slot taken for it; null when nobody may go. */
  take(): Lane | null {
    if (this.#running >= this.#max) return null;
    const isUnprovenOpen = this.#running < Math.floor(this.#max * (1 - RESERVED_SHARE));
    const mayGo = (tenant: number): boolean => this.#mayGo(tenant);
    this.#isProvenTurn = !this.#isProvenTurn;
    const unproven = (): Lane | null => (isUnprovenOpen ? this.#unproven.next(mayGo) : null);
    const lane = this.#isProvenTurn
      ? (this.#proven.next(mayGo) ?? unproven())
      : (unproven() ?? this.#proven.next(mayGo));
    if (lane !== null) {
      this.#running += 1;
      this.#runningOf.set(lane.tenant, (this.#runningOf.get(lane.tenant) ?? 0) + 1);
    }
    return lane;
  }

  /** Gives a slot back. */
  free(tenant: number): void {
    this.#running -= 1;
    const running = (this.#runningOf.get(tenant) ?? 0) - 1;
    if (running > 0) this.#runningOf.set(tenant, running);
    else this.#runningOf.delete(tenant);
  }

  #mayGo(tenant: number): boolean {
    const isOverShare = (this.#runningOf.get(tenant) ?? 0) >= Math.max(1, Math.floor(this.#max * TENANT_SHARE));
    return !isOverShare || !(this.#proven.hasOthers(tenant) || this.#unproven.hasOthers(tenant));
  }
}
