/** How much this worker holds in memory: counted in events and in bytes of content, so that a backlog stays in the store. */
import type { LeasedEvent } from "../store/delivery.ts";

/** What an event costs besides its content, roughly. */
const EVENT_BYTES = 1_024;

export class Memory {
  readonly #max: { eventsMax: number; bytesMax: number };
  #events = 0;
  #bytes = 0;

  constructor(max: { eventsMax: number; bytesMax: number }) {
    this.#max = max;
  }

  get events(): number {
    return this.#events;
  }

  /** Whether nothing more should be taken. */
  get isFull(): boolean {
    return this.roomEvents === 0 || this.roomBytes === 0;
  }

  /** Whether it is half full. */
  get isTight(): boolean {
    return this.#events * 2 > this.#max.eventsMax || this.#bytes * 2 > this.#max.bytesMax;
  }

  get roomEvents(): number {
    return Math.max(0, this.#max.eventsMax - this.#events);
  }

  get roomBytes(): number {
    return Math.max(0, this.#max.bytesMax - this.#bytes);
  }

  add(event: LeasedEvent): void {
    this.#events += 1;
    this.#bytes += bytesOf(event);
  }

  remove(event: LeasedEvent): void {
    this.#events -= 1;
    this.#bytes -= bytesOf(event);
  }
}

function bytesOf(event: LeasedEvent): number {
  return EVENT_BYTES + (event.content?.length ?? 0) + (event.error?.length ?? 0);
}
