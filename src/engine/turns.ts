/**
 * Whose turn it is: tenants alternate, and within a tenant its webhooks, so that neither a loud tenant nor a loud webhook
 * goes before the others. A lane stands in the ring while it is ready.
 */
import { assert } from "../assert.ts";
import { Fifo } from "./fifo.ts";
import type { Lane } from "./lane.ts";

export class Turns {
  readonly #tenants = new Fifo<number>();
  readonly #lanesOf = new Map<number, Fifo<Lane>>();

  /** Whether anybody waits for a turn. */
  get isEmpty(): boolean {
    return this.#tenants.length === 0;
  }

  /** Whether a lane of another tenant waits. */
  hasOthers(tenant: number): boolean {
    return this.#lanesOf.size > (this.#lanesOf.has(tenant) ? 1 : 0);
  }

  /** Puts a lane at the end of its tenant's line. */
  add(lane: Lane): void {
    assert(!lane.isInTurn, "a lane stands in the ring twice");
    lane.isInTurn = true;
    let lanes = this.#lanesOf.get(lane.tenant);
    if (lanes === undefined) {
      lanes = new Fifo();
      this.#lanesOf.set(lane.tenant, lanes);
      this.#tenants.push(lane.tenant);
    }
    lanes.push(lane);
  }

  /** Takes out the lane whose turn it is, passing over tenants that `mayGo` refuses; null when none may go. */
  next(mayGo: (tenant: number) => boolean): Lane | null {
    for (let passed = this.#tenants.length; passed > 0; passed--) {
      const tenant = this.#tenants.shift();
      if (tenant === undefined) return null;
      const lanes = this.#lanesOf.get(tenant);
      assert(lanes !== undefined && lanes.length > 0, "a tenant without lanes stands in the ring");
      if (!mayGo(tenant)) {
        this.#tenants.push(tenant);
        continue;
      }
      const lane = lanes.shift();
      assert(lane !== undefined, "a tenant's line is empty");
      if (lanes.length > 0) this.#tenants.push(tenant);
      else this.#lanesOf.delete(tenant);
      lane.isInTurn = false;
      return lane;
    }
    return null;
  }
}
