/** What must hold when a simulated world has come to rest. Each check returns what it found wrong. */
import type { EventId } from "../../src/ids.ts";
import { messageIdOf } from "../../src/ids.ts";
import type { StoredAttempt, StoredEvent } from "../../src/store/history.ts";
import type { Delivery } from "./hostile_receivers.ts";
import { jobViolations } from "./sim_jobs.ts";
import type { World } from "./world.ts";

const NO_FILTER = {
  status: null,
  topic: null,
  action: null,
  msgNature: null,
  from: null,
  to: null,
  code: null,
  attemptsMin: null,
  isTest: null,
  search: null,
};

type Settled = { event: StoredEvent; attempts: StoredAttempt[] };

/** Every violated invariant, in words; empty when all hold. */
export async function violations(world: World): Promise<string[]> {
  const events = await allEvents(world);
  const found: string[] = [];
  const messageIds = new Set([...events.values()].map(({ event }) => event.messageId));
  for (const message of world.messages) {
    const [stored] = await world.store.getMessages({ tenant: message.tenant.tenant, messageIds: [message.id] });
    if (stored === undefined) found.push(`an acknowledged message is lost: ${message.id}`);
    else if (stored.content !== message.content) found.push(`content differs: ${message.id}`);
    if (stored !== undefined && stored.events.length > 0 && !messageIds.has(message.id))
      found.push(`events lost: ${message.id}`);
  }
  for (const settled of events.values()) found.push(...ofEvent(settled));
  const byEvent = Map.groupBy(world.receivers.deliveries, (delivery) => delivery.eventId);
  for (const [eventId, deliveries] of byEvent) found.push(...ofDeliveries(deliveries, events.get(eventId), world));
  const attemptsOf = [...events.values()].map(({ event, attempts }) => ({ tenant: event.tenant, attempts }));
  found.push(...(await jobViolations(world, attemptsOf)));
  found.push(...(await world.store.counterDifferences()).map((difference) => `counters: ${difference}`));
  return found;
}

async function allEvents(world: World): Promise<Map<EventId, Settled>> {
  const events = new Map<EventId, Settled>();
  for (const { tenant } of world.tenants) {
    let cursor: string | null = null;
    do {
      const list = await world.store.listEvents({
        tenant,
        webhookId: null,
        filter: NO_FILTER,
        limit: 100,
        page: 1,
        cursor,
      });
      for (const { id } of list.events) {
        const settled = await world.store.getEvent({ tenant, webhookId: null, eventId: id });
        if (settled !== null) events.set(id, settled);
      }
      cursor = list.nextCursor;
    } while (cursor !== null);
  }
  return events;
}

function ofEvent({ event, attempts }: Settled): string[] {
  const found: string[] = [];
  if (event.status === "PENDING") found.push(`still PENDING: ${event.id}`);
  if (event.nextAttemptAt !== null) found.push(`still due: ${event.id} ${event.status}`);
  const numbers = attempts.map((attempt) => attempt.number);
  if (numbers.join() !== numbers.map((_, at) => at + 1).join())
    found.push(`attempt numbers ${numbers.join()}: ${event.id}`);
  if (event.attemptCount !== attempts.length)
    found.push(`attemptCount ${event.attemptCount} of ${attempts.length}: ${event.id}`);
  const last = attempts.at(-1);
  const isDelivered = last?.response?.status === 200;
  const code = last?.failure?.code;
  if (event.status === "SUCCESS" && !isDelivered) found.push(`SUCCESS without a 200: ${event.id}`);
  // What is sent once more after a 200 may still wait when its webhook is deleted.
  const isGivenUp = event.lastCode === "WEBHOOK_DELETED";
  if (event.status === "FAILED" && isDelivered && !isGivenUp) found.push(`FAILED after a 200: ${event.id}`);
  if (event.status === "FAILED" && last === undefined && !isGivenUp)
    found.push(`FAILED without an attempt: ${event.id}`);
  const abandoned = attempts.filter((attempt) => attempt.failure?.code === "ABANDONED").length;
  // Each time that an event is sent by hand or by a job, it gets a fresh schedule.
  const sendings = 1 + attempts.filter(({ trigger }) => trigger === "RESEND" || trigger === "BULK").length;
  if (event.retriesUsed > 3 || attempts.length > sendings * 4 + abandoned) {
    found.push(`more attempts than the schedule allows (${attempts.length}, last ${code}): ${event.id}`);
  }
  return found;
}

function ofDeliveries(deliveries: readonly Delivery[], settled: Settled | undefined, world: World): string[] {
  const found: string[] = [];
  const [first] = deliveries;
  if (first === undefined) return found;
  if (settled === undefined) return [`a POST of an event that is not stored: ${first.eventId}`];
  const numbers = new Set(deliveries.map((delivery) => delivery.attempt));
  if (numbers.size !== deliveries.length) found.push(`an attempt number was sent twice: ${first.eventId}`);
  if (deliveries.some((delivery) => delivery.bodyHead !== first.bodyHead))
    found.push(`a retry had another body: ${first.eventId}`);
  if (deliveries.some((delivery) => delivery.tenant !== settled.event.tenant))
    found.push(`sent for another tenant: ${first.eventId}`);
  const message = world.messages.find(({ id }) => id === messageIdOf(first.eventId));
  // The publisher of an unacknowledged message knows nothing of it, but what was acknowledged must be what is sent.
  if (message !== undefined && !first.bodyHead.includes(message.content))
    found.push(`sent other content: ${first.eventId}`);
  const triggers = new Map(settled.attempts.map((attempt) => [attempt.number, attempt.trigger]));
  // Retries that follow a failed resend are automatic again, so only what comes right after a 200 must be a resend.
  const isRepeated = deliveries.some((delivery, at) => {
    const trigger = triggers.get(delivery.attempt);
    return deliveries[at - 1]?.status === 200 && trigger !== "RESEND" && trigger !== "BULK";
  });
  if (isRepeated && world.kills === 0) found.push(`sent again after a 200: ${first.eventId}`);
  return found;
}
