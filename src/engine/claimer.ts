/**
 * Takes from the store what was not handed over: finds webhooks with something due (a *look*), and claims for the lanes
 * that have room. A lane stops being spilled when a claim brought less than it had room for and no publish passed it by
 * since that claim began: then nothing of it is left in the store but what is not due yet.
 */
import type { Clock } from "../clock.ts";
import { sleep } from "../clock.ts";
import type { WorkerId } from "../ids.ts";
import { Loop } from "../loop.ts";
import type { Logger } from "../log.ts";
import type { LeasedEvent } from "../store/delivery.ts";
import type { Store } from "../store/store.ts";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { Memory } from "./memory.ts";
import type { PublishGate } from "./publish_gate.ts";

/** The longest pause between two looks, in ms; what is due earlier shortens it. */
const LOOK_EVERY_MS = 1_000;
/** The shortest pause between two looks. */
const LOOK_EVERY_MS_MIN = 20;
const LOOK_LANES = 1_000;
const CLAIM_LANES_MAX = 200;
const CLAIM_BYTES_MAX = 8 * 1024 * 1024;
const CLAIM_RETRY_MS = 500;
/** A lane that was overtaken so often does not catch up by itself. */
const OVERTAKEN_MAX = 2;

export type ClaimerDeps = {
  store: Pick<Store, "findDueLanes" | "claimDue">;
  workerId: WorkerId;
  clock: Clock;
  log: Logger;
  lanes: Lanes;
  memory: Memory;
  gate: PublishGate;
  onClaimed: (events: readonly LeasedEvent[]) => void;
  mayClaim: () => boolean;
  /** Whether lanes that belong to nobody are taken. */
  takesLanes: () => boolean;
};

export class Claimer {
  readonly #deps: ClaimerDeps;
  readonly #loop: Loop;
  #claiming: Promise<void> | null = null;
  #nextDueAt = Number.POSITIVE_INFINITY;
  #isStopped = false;

  constructor(deps: ClaimerDeps) {
    this.#deps = deps;
    const { clock, log } = deps;
    this.#loop = new Loop({ name: "due-events", everyMs: LOOK_EVERY_MS, run: () => this.look(), clock, log });
  }

  async start(): Promise<void> {
    await this.look();
    this.#loop.start();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#loop.stop();
    await this.#claiming;
  }

  /** Looks again when something is due at `dueAt` (epoch ms). */
  expectDue(dueAt: number): void {
    if (dueAt >= this.#nextDueAt) return;
    this.#nextDueAt = dueAt;
    if (dueAt - this.#deps.clock.now() < LOOK_EVERY_MS) this.#loop.kick();
  }

  /** Looks at once. */
  lookSoon(): void {
    this.#loop.kick();
  }

  /** Claims for the lanes that have room, soon. */
  kick(): void {
    if (this.#isStopped) return;
    this.#claiming ??= this.#claimAll();
  }

  /** Claims soon when this lane is spilled and has run low. */
  refill(lane: Lane): void {
    if (this.#deps.lanes.isSpilled(lane) && this.#hasRunLow(lane)) this.kick();
  }

  /** One look over all webhooks with something due. Answers how long to pause, in ms. */
  async look(): Promise<number> {
    const { store, workerId, lanes, clock } = this.#deps;
    const takesLanes = this.#deps.takesLanes();
    this.#nextDueAt = Number.POSITIVE_INFINITY;
    let cursor: string | null = null;
    do {
      const asked = { limit: LOOK_LANES, cursor, workerId, takesLanes };
      const found: Awaited<ReturnType<Store["findDueLanes"]>> = await store.findDueLanes(asked);
      for (const due of found.lanes) lanes.spill(lanes.obtain(due));
      if (found.nextDueAt !== null) this.#nextDueAt = Math.min(this.#nextDueAt, found.nextDueAt);
      cursor = found.nextCursor;
    } while (cursor !== null && !this.#isStopped);
    this.kick();
    return Math.min(LOOK_EVERY_MS, Math.max(LOOK_EVERY_MS_MIN, this.#nextDueAt - clock.now()));
  }

  async #claimAll(): Promise<void> {
    await Promise.resolve(); // lanes that are kicked in the same turn are claimed together
    for (let rooms = this.#rooms(); rooms.length > 0 && !this.#isStopped; rooms = this.#rooms()) {
      if (!(await this.#claim(rooms))) break;
    }
    this.#claiming = null;
  }

  /** The spilled lanes that have run half empty, with their room, within what memory allows. */
  #rooms(): { lane: Lane; room: number }[] {
    const { lanes, memory, gate, mayClaim } = this.#deps;
    const rooms: { lane: Lane; room: number }[] = [];
    if (!mayClaim()) return rooms;
    let left = memory.roomBytes === 0 ? 0 : memory.roomEvents;
    for (const lane of lanes.spilled()) {
      if (left === 0 || rooms.length === CLAIM_LANES_MAX) break;
      if (lane.settings === null || !this.#hasRunLow(lane) || gate.isEmptying(lane.tenant)) continue;
      const room = Math.min(lane.room, left);
      left -= room;
      rooms.push({ lane, room });
    }
    return rooms;
  }

  #hasRunLow(lane: Lane): boolean {
    return lane.room > 0 && lane.room * 2 >= lane.depth;
  }

  /** False when the store could not answer: the next look tries again. */
  async #claim(rooms: readonly { lane: Lane; room: number }[]): Promise<boolean> {
    const { store, workerId, clock, log, lanes, memory } = this.#deps;
    const marks = new Map(rooms.map(({ lane }) => [lane, lane.spillMark]));
    const bytesMax = Math.min(CLAIM_BYTES_MAX, memory.roomBytes);
    for (const { lane } of rooms) lane.isClaiming = true;
    try {
      const asked = rooms.map(({ lane, room }) => ({ tenant: lane.tenant, webhookId: lane.webhookId, room }));
      const events = await store.claimDue({ workerId, lanes: asked, bytesMax, takesLanes: this.#deps.takesLanes() });
      const came = new Map<string, number>();
      let bytes = 0;
      for (const event of events) {
        came.set(event.webhookId, (came.get(event.webhookId) ?? 0) + 1);
        bytes += event.content?.length ?? 0;
      }
      const isCut = bytes >= bytesMax;
      for (const { lane, room } of rooms) {
        const isEnd = !isCut && (came.get(lane.webhookId) ?? 0) < room;
        const isOvertaken = isEnd && lane.spillMark !== marks.get(lane);
        if (isEnd && !isOvertaken) lanes.drained(lane);
        else lanes.goLast(lane);
        lane.overtakenInRow = isOvertaken ? lane.overtakenInRow + 1 : 0;
      }
      this.#deps.onClaimed(events);
      this.#letCatchUp(rooms);
      return true;
    } catch (error) {
      log.error({ err: error }, "due events cannot be claimed; it is tried again");
      await sleep(clock, CLAIM_RETRY_MS);
      return false;
    } finally {
      for (const { lane } of rooms) lane.isClaiming = false;
    }
  }

  /** Opens the gates for which a claim was awaited, and closes those of tenants whose lanes do not catch up by themselves. */
  #letCatchUp(rooms: readonly { lane: Lane }[]): void {
    const { gate } = this.#deps;
    for (const { lane } of rooms) if (!gate.isEmptying(lane.tenant)) gate.open(lane.tenant);
    for (const { lane } of rooms) {
      const isNextClaimed = lane.overtakenInRow >= OVERTAKEN_MAX && this.#hasRunLow(lane);
      if (isNextClaimed) gate.close(lane.tenant, () => this.kick());
    }
  }
}
