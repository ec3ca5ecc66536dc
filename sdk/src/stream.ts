/** The live stream: events and attempts as they happen. */
import type { IGNISIGN_WEBHOOK_EVENT_STATUS } from "./catalog.ts";
import { IgnisignError } from "./error.ts";
import type { Attempt, WebhookEvent } from "./event.ts";
import type { Http, Query } from "./http.ts";

/** Which events: all conditions hold together. */
export type StreamQuery = { topic?: string; webhookId?: string; status?: IGNISIGN_WEBHOOK_EVENT_STATUS };

/** `signal` ends the stream. `lastId` is the `id` of the last item of an earlier one: goes on behind it. */
export type StreamOptions = { signal?: AbortSignal; lastId?: string };

/** An attempt as the stream shows it. */
export type LiveAttempt = Pick<Attempt, "number" | "trigger" | "startedAt" | "durationMs"> & {
  /** Of the response; null without one. */
  status: number | null;
  /** The status, or the code of the failure. */
  code: string;
};

/** What happened. `dropped`: so many items were read too slowly. `gap`: what came since then has to be read from the lists. */
export type StreamItem = { id: string } & (
  | { type: "created"; event: WebhookEvent }
  | { type: "attempt"; event: WebhookEvent; attempt: LiveAttempt }
  | { type: "dropped"; count: number }
  | { type: "gap"; from: string | null }
);

const RECONNECT_MS = 2_000;

/** Yields until the signal; a connection that breaks is made again. Throws what the server refuses. */
export async function* streamItems(
  http: Http,
  call: { path: string; query: Query },
  { signal, lastId = "" }: StreamOptions,
): AsyncGenerator<StreamItem, void> {
  const isOver = (): boolean => signal?.aborted === true;
  let id = lastId;
  while (!isOver()) {
    try {
      for await (const block of http.blocks({ ...call, headers: id === "" ? {} : { "last-event-id": id }, signal })) {
        const { fields, data } = parse(block);
        id = fields.get("id") ?? id;
        const item = itemOf(id, fields.get("event"), data);
        if (item !== null) yield item;
      }
    } catch (error) {
      if (error instanceof IgnisignError && error.status !== null && error.status < 500) throw error;
    }
    if (!isOver()) await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

function parse(block: string): { fields: Map<string, string>; data: string } {
  const lines = block.split("\n").map((line): [string, string] => {
    const colonAt = line.indexOf(":");
    return [line.slice(0, colonAt), line.slice(colonAt + 1).replace(/^ /, "")];
  });
  const data = lines.filter(([name]) => name === "data").map(([, value]) => value);
  return { fields: new Map(lines), data: data.join("\n") };
}

/** Null for signs of life, and for what a later server may send. The casts are the contract of each event. */
function itemOf(id: string, type: string | undefined, data: string): StreamItem | null {
  switch (type) {
    case "created":
      return { id, type, event: JSON.parse(data) as WebhookEvent };
    case "attempt":
      return { id, type, ...(JSON.parse(data) as { event: WebhookEvent; attempt: LiveAttempt }) };
    case "dropped":
      return { id, type, ...(JSON.parse(data) as { count: number }) };
    case "gap":
      return { id, type, ...(JSON.parse(data) as { from: string | null }) };
    default:
      return null;
  }
}
