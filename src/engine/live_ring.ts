/**
 * The last items of one tenant, for those who watch. Each watcher is a place in the ring: who is slower than the feed loses
 * what the ring gives up, and is told how much, so that nothing piles up for anybody.
 */
import { assert } from "../assert.ts";
import type { MessageId } from "../ids.ts";
import type { LiveItem } from "./live_items.ts";
import { withoutContent } from "./live_items.ts";

/** What an item costs besides its texts, roughly. */
const ITEM_BYTES = 1_024;

/** An item and its place in the feed: what a client names to go on from there. */
export type PlacedItem = { id: string; item: LiveItem };

type Entry = PlacedItem & { bytes: number };

/** Where a new watcher begins: at the present, behind the item it saw last, or at the present with a gap before it. */
export type WatchStart = { kind: "present" } | { kind: "resumed" } | { kind: "gap"; from: number | null };

/** The last one that RFC 3339 can tell: the end of the year 9999. Ids that nobody gave may name later ones. */
const TIME_MAX = 253_402_300_799_999;
const ID = /^([0-9a-f]{12})-(\d{1,15})-(\d{1,15})$/;

/** The items of one tenant, oldest first, bounded in number and bytes. */
export class LiveRing {
  /** Of this ring alone, so that an id of another one (before a restart, of another process) is recognised. */
  readonly #token: string;
  readonly #bounds: { itemsMax: number; bytesMax: number };
  readonly #watches = new Set<Watch>();
  #entries: Entry[] = [];
  /** The sequence number of the first entry. */
  #firstSeq = 1;
  #bytes = 0;

  constructor(options: { token: string; itemsMax: number; bytesMax: number }) {
    this.#token = options.token;
    this.#bounds = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get watches(): number {
    return this.#watches.size;
  }

  /** The number that the next item will have. */
  get nextSeq(): number {
    return this.#firstSeq + this.#entries.length;
  }

  /** Adds items; `at` is when they happened, epoch ms. Watchers are told once. */
  add(items: readonly LiveItem[], at: number): void {
    for (const item of items) {
      const bytes = bytesOf(item);
      this.#entries.push({ id: this.#idOf(this.nextSeq, at), item, bytes });
      this.#bytes += bytes;
      while (this.#entries.length > this.#bounds.itemsMax || this.#bytes > this.#bounds.bytesMax) this.giveUpOldest();
    }
    for (const watch of this.#watches) watch.tell();
  }

  /** Gives up the oldest item, which watchers that have not come to it lose. */
  giveUpOldest(): void {
    const entry = this.#entries.shift();
    assert(entry !== undefined, "an empty ring was asked to give up an item");
    this.#bytes -= entry.bytes;
    for (const watch of this.#watches) watch.lose(this.#firstSeq, entry.item);
    this.#firstSeq += 1;
  }

  /** Adds a watcher behind the item with `lastId` where the ring still has all that came after it. */
  watch(options: { wants: (item: LiveItem) => boolean; lastId: string | null; onItems: () => void }): {
    watch: Watch;
    start: WatchStart;
  } {
    const { start, seq } = this.#startOf(options.lastId);
    const watch = new Watch({ ring: this, seq, wants: options.wants, onItems: options.onItems });
    this.#watches.add(watch);
    return { watch, start };
  }

  /** Idempotent. */
  unwatch(watch: Watch): void {
    this.#watches.delete(watch);
  }

  /** The entry with this number, which the ring must have. */
  entry(seq: number): Entry {
    const entry = this.#entries[seq - this.#firstSeq];
    assert(entry !== undefined, `the ring has no item ${seq}`);
    return entry;
  }

  /** The id of the place before the item with this number, at the time `now`: a client that has all before it names it. */
  placeBefore(seq: number, now: number): string {
    return this.#idOf(seq - 1, now);
  }

  /** Takes the content of an erased message out of its items. */
  forgetContent(messageId: MessageId): void {
    this.#entries = this.#entries.map((entry) => {
      if (entry.item.event.messageId !== messageId) return entry;
      const item = withoutContent(entry.item);
      const bytes = bytesOf(item);
      this.#bytes += bytes - entry.bytes;
      return { id: entry.id, item, bytes };
    });
  }

  #idOf(seq: number, at: number): string {
    return `${this.#token}-${seq}-${Math.max(0, Math.floor(at))}`;
  }

  #startOf(lastId: string | null): { start: WatchStart; seq: number } {
    if (lastId === null) return { start: { kind: "present" }, seq: this.nextSeq };
    const [, token, seqText, atText] = ID.exec(lastId) ?? [];
    const seq = Number(seqText) + 1;
    const isKnown = token === this.#token && seq <= this.nextSeq;
    if (isKnown && seq >= this.#firstSeq) return { start: { kind: "resumed" }, seq };
    const at = Number(atText);
    return { start: { kind: "gap", from: at <= TIME_MAX ? at : null }, seq: this.nextSeq };
  }
}

/** One watcher's place in a ring. */
export class Watch {
  readonly #ring: LiveRing;
  readonly #wants: (item: LiveItem) => boolean;
  readonly #onItems: () => void;
  /** The number of the next item to look at. */
  #seq: number;
  #dropped = 0;

  constructor(options: { ring: LiveRing; seq: number; wants: (item: LiveItem) => boolean; onItems: () => void }) {
    this.#ring = options.ring;
    this.#seq = options.seq;
    this.#wants = options.wants;
    this.#onItems = options.onItems;
  }

  /** The wanted items that come next, until about `bytesMax` of them, and how many were lost before the first of them. */
  take({ bytesMax }: { bytesMax: number }): { items: PlacedItem[]; dropped: number } {
    const dropped = this.#dropped;
    this.#dropped = 0;
    const items: PlacedItem[] = [];
    for (let bytes = 0; bytes < bytesMax && this.#seq < this.#ring.nextSeq; this.#seq++) {
      const entry = this.#ring.entry(this.#seq);
      if (!this.#wants(entry.item)) continue;
      items.push(entry);
      bytes += entry.bytes;
    }
    return { items, dropped };
  }

  /** The id of the place up to which everything was taken, or was not wanted. */
  place(now: number): string {
    return this.#ring.placeBefore(this.#seq, now);
  }

  /** The ring has new items. */
  tell(): void {
    this.#onItems();
  }

  /** The ring gives up the item with this number. */
  lose(seq: number, item: LiveItem): void {
    if (this.#seq > seq) return;
    this.#seq = seq + 1;
    if (this.#wants(item)) this.#dropped += 1;
  }
}

function bytesOf({ event }: LiveItem): number {
  return ITEM_BYTES + (event.content?.length ?? 0) + (event.error?.length ?? 0);
}
