/**
 * Takes messages in: stores them with their events in one transaction, and hands the events over to the dispatcher of
 * this process at commit, already leased, so that the happy path never reads the queue back.
 */
import { assert } from "../assert.ts";
import type { WorkerId } from "../ids.ts";
import type { LeasedEvent, NewMessage, PublishParams, PublishResult, PublishedMessage } from "../store/delivery.ts";
import type { Store } from "../store/store.ts";
import type { Tenant } from "../store/tenancy.ts";
import { triggeredBy } from "../store/tenancy.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { LiveFeed } from "./live_feed.ts";
import { createdItem } from "./live_items.ts";
import type { PublishGate } from "./publish_gate.ts";

/** What is published; see {@link PublishParams}. */
export type Publication = Pick<PublishParams, "messages" | "idempotency" | "test"> & { tenant: Tenant };

/** Who takes events at commit, and hears of those that stayed in the store. */
export type Handover = Pick<Dispatcher, "offer" | "accept" | "wake">;

/** Takes nothing: for a process that does not deliver. Workers hear of its events from the store. */
export const NO_HANDOVER: Handover = {
  offer: () => null,
  accept: () => assert(false, "events were handed over to a process that does not deliver"),
  wake: () => undefined,
};

/** The entrance of one process: everything that is published through it goes this way. */
export class Intake {
  readonly #store: Pick<Store, "publish">;
  readonly #handover: Handover;
  readonly #live: LiveFeed;
  readonly #gate: PublishGate;
  readonly #workerId: WorkerId;
  /** Publishes under way, by tenant, whose events stay in the store: none may be handed over past them. */
  readonly #unleased = new Map<number, number>();

  constructor(deps: {
    store: Pick<Store, "publish">;
    handover: Handover;
    live: LiveFeed;
    gate: PublishGate;
    workerId: WorkerId;
  }) {
    this.#store = deps.store;
    this.#handover = deps.handover;
    this.#live = deps.live;
    this.#gate = deps.gate;
    this.#workerId = deps.workerId;
  }

  /** Durable when it resolves; delivery has begun by then or follows. */
  publish(publication: Publication): Promise<PublishResult> {
    return this.#gate.pass(publication.tenant.tenant, () => this.#publish(publication));
  }

  async #publish(publication: Publication): Promise<PublishResult> {
    const { tenant, messages, idempotency, test } = publication;
    const lease = this.#lease(tenant.tenant);
    this.#count(tenant.tenant, lease === null ? 1 : 0);
    let result: PublishResult;
    try {
      result = await this.#store.publish({ tenant: tenant.tenant, messages, idempotency, lease, test });
      if (result.kind === "created") {
        if (this.#live.isWatched(tenant.tenant)) this.#show(publication, result.messages);
        this.#handOver(publication, result.messages);
      }
    } finally {
      this.#count(tenant.tenant, lease === null ? -1 : 0);
    }
    return result;
  }

  #lease(tenant: number): PublishParams["lease"] {
    if (this.#unleased.has(tenant)) return null;
    const offer = this.#handover.offer(tenant);
    return offer === null ? null : { workerId: this.#workerId, ...offer };
  }

  #count(tenant: number, change: number): void {
    if (change === 0) return;
    const count = (this.#unleased.get(tenant) ?? 0) + change;
    if (count === 0) this.#unleased.delete(tenant);
    else this.#unleased.set(tenant, count);
  }

  #show({ tenant, messages, test }: Publication, published: readonly PublishedMessage[]): void {
    const items = published.flatMap((message, at) => {
      const source = messages[at];
      const isTest = test !== null;
      return source === undefined
        ? []
        : message.events.map((event) => createdItem(tenant, { source, message, event, isTest }));
    });
    this.#live.add(tenant.tenant, items);
  }

  #handOver(publication: Publication, published: readonly PublishedMessage[]): void {
    const leased: LeasedEvent[] = [];
    for (const [at, message] of published.entries()) {
      const source = publication.messages[at];
      for (const event of message.events) {
        if (event.isElsewhere) continue;
        if (!event.isLeased) this.#handover.wake({ tenant: publication.tenant.tenant, webhookId: event.webhookId });
        else if (source !== undefined) leased.push(leasedEvent(publication, source, message, event));
      }
    }
    if (leased.length > 0) this.#handover.accept(leased);
  }
}

function leasedEvent(
  publication: Publication,
  source: NewMessage,
  message: PublishedMessage,
  event: PublishedMessage["events"][number],
): LeasedEvent {
  const { tenant, test } = publication;
  return {
    id: event.id,
    messageId: message.id,
    tenant: tenant.tenant,
    appId: tenant.appId,
    appEnv: tenant.appEnv,
    webhookId: event.webhookId,
    topic: source.topic,
    action: source.action,
    msgNature: source.msgNature,
    content: source.content,
    error: source.error,
    isTest: test !== null,
    status: "PENDING",
    attempt: 1,
    trigger: test === null ? "AUTO" : "TEST",
    triggeredBy: test === null ? null : triggeredBy(test.actor),
    retriesUsed: 0,
    isRepeat: false,
    dueAt: message.createdAt,
  };
}
