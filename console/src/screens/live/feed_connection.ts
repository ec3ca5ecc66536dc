/**
 * The connection to the server's stream: read piece by piece, taken up again where it broke off, given up only when the
 * server refuses it for good. It reads by fetch, since an EventSource can neither begin behind an event that another window
 * saw nor tell why it was refused.
 */
import { ApiProblem } from "../../api/client.ts";
import type { FeedEvent, FeedRow } from "./feed_row.ts";
import { attemptRow, createdRow } from "./feed_row.ts";
import type { StreamEvent } from "./sse_parser.ts";
import { SseParser } from "./sse_parser.ts";

/** Where the connection is; `retryAt` is epoch ms. Plain data: it goes from window to window. */
export type FeedState =
  | { kind: "connecting" }
  | { kind: "live" }
  | { kind: "waiting"; retryAt: number; message: string; requestId: string | null }
  | { kind: "refused"; status: number; code: string; message: string; requestId: string | null };

/** What one piece of the stream told. `place` is the id to go on behind; `gap`: what came since then is not in it. */
export type FeedBatch = { rows: FeedRow[]; lost: number; gap: { from: string | null } | null; place: string };

/** How the stream is opened behind an id, and who is told. */
export type FeedConnectionOptions = {
  open: (place: string | null, signal: AbortSignal) => Promise<ReadableStream<Uint8Array<ArrayBuffer>>>;
  onBatch: (batch: FeedBatch) => void;
  onState: (state: FeedState) => void;
};

const WAIT_MS_MIN = 1_000;
const WAIT_MS_MAX = 30_000;
/** The server gives a sign of life every 15 s; after so many ms without any the connection is dead. */
const SILENCE_MS_MAX = 40_000;
/** Refusals that no waiting mends. */
const FINAL_STATUSES: ReadonlySet<number> = new Set([400, 403, 404]);

/** Begins at once; `close` ends it for good. */
export class FeedConnection {
  readonly #options: FeedConnectionOptions;
  readonly #closed = new AbortController();
  #place: string | null;
  #failures = 0;
  #wake: (() => void) | null = null;

  constructor(options: FeedConnectionOptions, place: string | null) {
    this.#options = options;
    this.#place = place;
    globalThis.addEventListener("online", this.retry);
    void this.#run();
  }

  close(): void {
    globalThis.removeEventListener("online", this.retry);
    this.#closed.abort();
    this.#wake?.();
  }

  /** Does not wait any longer. */
  readonly retry = (): void => {
    this.#failures = 0;
    this.#wake?.();
  };

  async #run(): Promise<void> {
    while (!this.#closed.signal.aborted) {
      this.#options.onState({ kind: "connecting" });
      const problem = await this.#readOnce();
      if (this.#closed.signal.aborted) return;
      await this.#pause(problem);
    }
  }

  /** Reads until the stream ends; null when it ended without a fault. */
  async #readOnce(): Promise<ApiProblem | null> {
    const silence = new AbortController();
    const signal = AbortSignal.any([this.#closed.signal, silence.signal]);
    let heardAt = performance.now();
    const watchdog = setInterval(() => {
      if (performance.now() - heardAt > SILENCE_MS_MAX) silence.abort();
    }, SILENCE_MS_MAX / 4);
    try {
      const reader = (await this.#options.open(this.#place, signal)).getReader();
      const decoder = new TextDecoder();
      const parser = new SseParser();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        heardAt = performance.now();
        this.#take(parser.take(decoder.decode(piece.value, { stream: true })), parser.id);
      }
      return null;
    } catch (error) {
      return error instanceof ApiProblem ? error : null;
    } finally {
      clearInterval(watchdog);
    }
  }

  #take(events: readonly StreamEvent[], place: string): void {
    const batch: FeedBatch = { rows: [], lost: 0, gap: null, place };
    for (const { name, data } of events) {
      // Casts: the server sends what its document says under these names.
      if (name === "created") batch.rows.push(createdRow(JSON.parse(data) as FeedEvent));
      else if (name === "attempt") batch.rows.push(attemptRow(JSON.parse(data) as Parameters<typeof attemptRow>[0]));
      else if (name === "dropped") batch.lost += (JSON.parse(data) as { count: number }).count;
      else if (name === "gap") batch.gap = JSON.parse(data) as { from: string | null };
      else if (name === "ready") this.#begin();
    }
    if (place !== "") this.#place = place;
    if (place !== "" || batch.rows.length > 0) this.#options.onBatch(batch);
  }

  #begin(): void {
    this.#failures = 0;
    this.#options.onState({ kind: "live" });
  }

  async #pause(problem: ApiProblem | null): Promise<void> {
    const { status = 0, code = "NO_ANSWER", message = "", requestId = null } = problem ?? {};
    const isFinal = FINAL_STATUSES.has(status);
    const waitMs = Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** this.#failures++) * (0.8 + 0.4 * Math.random());
    if (isFinal) this.#options.onState({ kind: "refused", status, code, message, requestId });
    else this.#options.onState({ kind: "waiting", retryAt: Date.now() + waitMs, message, requestId });
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (!isFinal) setTimeout(resolve, waitMs);
    });
    this.#wake = null;
  }
}
