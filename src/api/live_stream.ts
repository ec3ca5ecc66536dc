/**
 * One watcher's answer: a readable that takes items from the feed when the socket has room for more. It holds a few KiB of
 * text and a place in the feed, so a slow reader costs no memory: it loses items, and is told how many.
 */
import { Readable } from "node:stream";
import type { CancelTimer, Clock } from "../clock.ts";
import { isoTime } from "../clock.ts";
import type { LiveFeed, Subscription, SubscriptionRequest } from "../engine/live_feed.ts";
import type { LiveAttempt, LiveItem } from "../engine/live_items.ts";
import type { Logger } from "../log.ts";
import { eventJson } from "./representation.ts";
import { eventText, heartbeatText, retryText } from "./server_sent_events.ts";

/** About so many bytes are taken from the feed at a time. */
const TAKEN_BYTES_MAX = 32_768;
/** Half of what is left of the 2 s in which a revoked key must be shut out, after a second in which one hears of it. */
const RECHECK_EVERY_MS = 500;
const HEARTBEAT_EVERY_MS = 15_000;
const RECONNECT_MS = 2_000;
/** A reader that takes nothing for so long, though there is something, is gone or hangs: its place is for another. In ms. */
const STALLED_MS_MAX = 60_000;
/** How long a stream that ends may take to send what it holds, in ms. */
const END_MS_MAX = 500;

export type LiveStreamDeps = {
  clock: Clock;
  log: Logger;
  live: LiveFeed;
  texts: LiveTexts;
  /** Whether the caller may go on watching; a rejection counts as no. */
  isAdmitted: () => Promise<boolean>;
};

/** The stream of one watcher, or null when there are too many. */
export function openLiveStream(deps: LiveStreamDeps, request: Omit<SubscriptionRequest, "onItems">): LiveStream | null {
  const stream = new LiveStream(deps);
  const subscription = deps.live.subscribe({ ...request, onItems: () => stream.look() });
  if (subscription === null) return null;
  stream.begin(subscription);
  return stream;
}

/** Text for a socket; ends when the caller is shut out or does not read, and when told to. */
export class LiveStream extends Readable {
  readonly #deps: LiveStreamDeps;
  #subscription: Subscription | null = null;
  #isLooking = false;
  #hasRoom = false;
  #isEnding = false;
  #heartbeatAtMs: number;
  /** Since when there is no room, while there is none; monotonic ms. */
  #fullSinceMs: number;
  #cancelTimer: CancelTimer | null = null;

  constructor(deps: LiveStreamDeps) {
    super();
    this.#deps = deps;
    this.#fullSinceMs = deps.clock.monotonicMs();
    this.#heartbeatAtMs = this.#fullSinceMs + HEARTBEAT_EVERY_MS;
  }

  /** Says where the watcher is, and goes on from there. To be called once. */
  begin(subscription: Subscription): void {
    this.#subscription = subscription;
    const id = subscription.place();
    const { start } = subscription;
    this.push(retryText(RECONNECT_MS));
    if (start.kind === "gap") {
      const data = JSON.stringify({ from: start.from === null ? null : isoTime(start.from) });
      this.push(eventText({ event: "gap", id, data }));
    }
    this.push(eventText({ event: "ready", id, data: JSON.stringify({ at: isoTime(this.#deps.clock.now()) }) }));
    this.#watchOver();
  }

  /** There may be items to take; they are taken together with whatever else comes in this turn of the loop. */
  look(): void {
    if (this.#isLooking) return;
    this.#isLooking = true;
    setImmediate(() => {
      this.#isLooking = false;
      this.#send();
    });
  }

  /** Ends it: what it holds is still sent, but within half a second. Idempotent. Resolves when it is closed. */
  end(): Promise<void> {
    if (this.closed) return Promise.resolve();
    const closed = new Promise<void>((resolve) => this.once("close", resolve));
    if (!this.#isEnding) {
      this.#isEnding = true;
      this.#subscription?.close();
      this.push(null);
      this.#cancelTimer?.();
      this.#cancelTimer = this.#deps.clock.setTimer(() => this.destroy(), END_MS_MAX);
    }
    return closed;
  }

  override _read(): void {
    this.#hasRoom = true;
    this.look();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#isEnding = true;
    this.#subscription?.close();
    this.#cancelTimer?.();
    callback(error);
  }

  #send(): void {
    while (this.#hasRoom && !this.#isEnding && this.#subscription !== null) {
      const { items, dropped } = this.#subscription.take({ bytesMax: TAKEN_BYTES_MAX });
      let text =
        dropped === 0 ? "" : eventText({ event: "dropped", id: null, data: JSON.stringify({ count: dropped }) });
      for (const { id, item } of items) text += eventText({ event: item.kind, id, data: this.#deps.texts.of(item) });
      if (text === "") return;
      this.#write(text);
    }
  }

  #write(text: string): void {
    this.#hasRoom = this.push(text);
    if (!this.#hasRoom) this.#fullSinceMs = this.#deps.clock.monotonicMs();
  }

  /** Looks now and then whether the caller may still watch, and gives a sign of life. */
  #watchOver(): void {
    this.#cancelTimer = this.#deps.clock.setTimer(() => {
      void this.#recheck().then(() => {
        if (!this.#isEnding) this.#watchOver();
      });
    }, RECHECK_EVERY_MS);
  }

  async #recheck(): Promise<void> {
    const { clock, log, isAdmitted } = this.#deps;
    try {
      if (!(await isAdmitted())) return void this.end();
    } catch (error) {
      log.warn({ err: error }, "a live stream is ended: whether its caller may go on watching cannot be told");
      return void this.end();
    }
    if (this.#isEnding || this.#subscription === null) return;
    const nowMs = clock.monotonicMs();
    if (!this.#hasRoom && nowMs - this.#fullSinceMs >= STALLED_MS_MAX) return void this.destroy();
    if (nowMs < this.#heartbeatAtMs) return;
    this.#heartbeatAtMs = nowMs + HEARTBEAT_EVERY_MS;
    // Who has no room has something to read: that is sign enough, and its place is not yet what a heartbeat would tell.
    if (this.#hasRoom) this.#write(heartbeatText(this.#subscription.place()));
  }
}

/** The JSON of items, made once for all who watch. */
export class LiveTexts {
  readonly #texts = new WeakMap<LiveItem, string>();

  of(item: LiveItem): string {
    let text = this.#texts.get(item);
    if (text === undefined) {
      const event = eventJson(item.event);
      text = item.kind === "created" ? event : `{"event":${event},"attempt":${attemptJson(item.attempt)}}`;
      this.#texts.set(item, text);
    }
    return text;
  }
}

function attemptJson({ number, trigger, startedAt, durationMs, status, code }: LiveAttempt): string {
  return JSON.stringify({ number, trigger, startedAt: isoTime(startedAt), durationMs, status, code });
}
