/** Waiting for an event to be settled, by asking the API as a customer would. */
import { setTimeout as pause } from "node:timers/promises";
import type { IgnisignClient, WebhookEventDetails } from "@ignisign/node";

const SETTLED_MS_MAX = 20_000;
const POLL_MS = 20;

/** The event with its attempts once it is SUCCESS or FAILED. Throws when it takes too long. */
export async function settledEvent(options: {
  ignisign: IgnisignClient;
  webhookId: string;
  eventId: string;
  signal: AbortSignal;
}): Promise<WebhookEventDetails> {
  const { ignisign, webhookId, eventId, signal } = options;
  const deadline = performance.now() + SETTLED_MS_MAX;
  for (;;) {
    const { data: event } = await ignisign.client.webhooksV4.getEvent(webhookId, eventId);
    if (event.status !== "PENDING") return event;
    if (performance.now() > deadline) {
      throw new Error(`${event.topic} ${event.action} (${eventId}) was still PENDING after ${SETTLED_MS_MAX} ms`);
    }
    await pause(POLL_MS, undefined, { signal });
  }
}
