/** A client of server-sent events that keeps what it gets, as a browser would hand it to a page. */
import { assert } from "../../../src/assert.ts";

/** One event; `json` is its data. `lastId` is what the client would name to go on behind it. */
export type StreamEvent = { event: string; lastId: string; data: string; json: Record<string, never> };

/** One connection to a stream. It does not connect again by itself: tests say when. */
export class StreamClient {
  readonly events: StreamEvent[] = [];
  readonly response: Response;
  lastId: string;
  isEnded = false;
  /** The text as it came. */
  text = "";
  readonly #abort: AbortController;
  readonly #ended: Promise<void>;
  #waiters: (() => void)[] = [];
  #rest = "";

  private constructor(response: Response, abort: AbortController, lastId: string) {
    this.response = response;
    this.lastId = lastId;
    this.#abort = abort;
    this.#ended = this.#read();
  }

  /** Connects with a key, or with the cookie of a session; resolves with the head of the answer. */
  static async open(
    url: string,
    options: ({ key: string } | { cookie: string }) & { lastId?: string },
  ): Promise<StreamClient> {
    const abort = new AbortController();
    const { lastId } = options;
    const caller =
      "key" in options
        ? { authorization: `Bearer ${options.key}` }
        : { cookie: options.cookie, "sec-fetch-site": "same-origin" };
    const headers = { ...caller, ...(lastId === undefined ? {} : { "last-event-id": lastId }) };
    const response = await fetch(url, { headers, signal: abort.signal });
    assert(response.status === 200, `${url}: ${response.status}`);
    return new StreamClient(response, abort, lastId ?? "");
  }

  /** Resolves with the events that fit, when there are `count` of them. */
  async until(count: number, fits: (event: StreamEvent) => boolean = isItem): Promise<StreamEvent[]> {
    for (;;) {
      const found = this.events.filter(fits);
      if (found.length >= count) return found;
      assert(!this.isEnded, `the stream ended after ${found.length} of ${count} events: ${this.text.slice(-1000)}`);
      await new Promise<void>((resolve) => this.#waiters.push(resolve));
    }
  }

  /** Resolves when the server has ended it. */
  async ended(): Promise<void> {
    await this.#ended;
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    try {
      for await (const bytes of this.response.body ?? []) this.#take(decoder.decode(bytes, { stream: true }));
    } catch {
      // Closed by the test, or broken off by the server: there is no more to come.
    }
    this.isEnded = true;
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  #take(text: string): void {
    this.text += text;
    const blocks = (this.#rest + text).split("\n\n");
    this.#rest = blocks.pop() ?? "";
    for (const block of blocks) this.#dispatch(block);
    for (const waiter of this.#waiters.splice(0)) waiter();
  }

  #dispatch(block: string): void {
    let event = "";
    const data: string[] = [];
    for (const line of block.split("\n")) {
      const colonAt = line.indexOf(":");
      const [field, value] = [line.slice(0, colonAt), line.slice(colonAt + 1).replace(/^ /, "")];
      if (field === "event") event = value;
      if (field === "data") data.push(value);
      if (field === "id") this.lastId = value;
    }
    if (data.length === 0) return;
    const text = data.join("\n");
    this.events.push({ event, lastId: this.lastId, data: text, json: JSON.parse(text) as Record<string, never> });
  }
}

/** Whether it tells of an event or attempt, and not of the stream itself. */
export function isItem({ event }: StreamEvent): boolean {
  return event === "created" || event === "attempt";
}
