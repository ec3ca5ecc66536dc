/** Takes server-sent events apart (HTML standard, 9.2.6), piece by piece as the text comes in. */

/** One event of a stream; `id` is the last one that the stream named, for going on behind it. */
export type StreamEvent = { name: string; data: string; id: string };

/** Holds what is not complete yet. */
export class SseParser {
  #rest = "";
  #id = "";

  /** The last id that was named, by events and signs of life alike; empty before the first. */
  get id(): string {
    return this.#id;
  }

  /** The events that the text completes, in their order. */
  take(text: string): StreamEvent[] {
    const events: StreamEvent[] = [];
    const whole = this.#rest + text;
    let from = 0;
    for (let end = whole.indexOf("\n\n"); end !== -1; end = whole.indexOf("\n\n", from)) {
      const event = this.#read(whole.slice(from, end));
      if (event !== null) events.push(event);
      from = end + 2;
    }
    this.#rest = whole.slice(from);
    return events;
  }

  /** A block without data is no event, but its id counts. */
  #read(block: string): StreamEvent | null {
    let name = "message";
    let data: string | null = null;
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon <= 0) continue;
      const value = line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
      const field = line.slice(0, colon);
      if (field === "event") name = value;
      else if (field === "data") data = data === null ? value : `${data}\n${value}`;
      else if (field === "id") this.#id = value;
    }
    return data === null ? null : { name, data, id: this.#id };
  }
}
