/**
 * One connection for all windows of the browser: HTTP/1.1 allows six to a server, and a stream takes one for good. The windows
 * that show the same environment elect a leader by a lock; it reads the stream and tells the others. When it goes, the next
 * one goes on behind what it heard last. Where the browser has no locks or channels, each window reads for itself.
 */
import type { FeedBatch, FeedConnectionOptions, FeedState } from "./feed_connection.ts";
import { FeedConnection } from "./feed_connection.ts";
import type { FeedMessage } from "./feed_messages.ts";

/** Begins at once; `close` ends this window's part. */
export class SharedFeed {
  readonly #options: FeedConnectionOptions;
  readonly #closed = new AbortController();
  readonly #channel: BroadcastChannel | null;
  #connection: FeedConnection | null = null;
  #state: FeedState = { kind: "connecting" };
  #place: string | null = null;
  #hasLeft = false;

  constructor(name: string, options: FeedConnectionOptions) {
    this.#options = options;
    const canShare = "BroadcastChannel" in globalThis && "locks" in navigator;
    this.#channel = canShare ? new BroadcastChannel(name) : null;
    if (this.#channel === null) {
      void this.#lead();
      return;
    }
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data as FeedMessage)); // only this class posts to it
    globalThis.addEventListener("pagehide", this.#leave);
    this.#post({ kind: "hello" });
    const lead = (): Promise<void> => this.#lead();
    // Rejected when this window closes before its turn.
    navigator.locks.request(name, { signal: this.#closed.signal }, lead).catch(() => {});
  }

  /** Does not wait any longer, whichever window has the connection. */
  retry(): void {
    if (this.#connection === null) this.#post({ kind: "retry" });
    else this.#connection.retry();
  }

  close(): void {
    this.#leave();
    globalThis.removeEventListener("pagehide", this.#leave);
    this.#closed.abort();
    this.#connection?.close();
    this.#connection = null;
    this.#channel?.close();
  }

  /** A window with a lock never comes back once it is hidden for good, and its broken connection is nobody's matter. */
  readonly #leave = (): void => {
    if (this.#connection !== null) this.#post({ kind: "bye" });
    this.#hasLeft = true;
  };

  /** Resolves when this window closes, which hands the lock on. */
  #lead(): Promise<void> {
    const { open } = this.#options;
    const onBatch = (batch: FeedBatch): void => {
      this.#place = batch.place;
      this.#post({ kind: "batch", batch });
      this.#options.onBatch(batch);
    };
    const onState = (state: FeedState): void => {
      this.#become(state);
      this.#postState();
    };
    this.#connection = new FeedConnection({ open, onBatch, onState }, this.#place);
    return new Promise((resolve) => {
      this.#closed.signal.addEventListener("abort", () => resolve());
    });
  }

  #hear(message: FeedMessage): void {
    if (this.#connection !== null) {
      if (message.kind === "hello") this.#postState();
      else if (message.kind === "retry") this.#connection.retry();
      return;
    }
    if (message.kind === "state") {
      this.#place = message.place ?? this.#place;
      this.#become(message.state);
    }
    if (message.kind !== "batch") return;
    this.#place = message.batch.place;
    this.#options.onBatch(message.batch);
  }

  #become(state: FeedState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #postState(): void {
    this.#post({ kind: "state", state: this.#state, place: this.#place });
  }

  #post(message: FeedMessage): void {
    if (!this.#hasLeft) this.#channel?.postMessage(message);
  }
}
