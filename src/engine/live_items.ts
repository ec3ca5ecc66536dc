/**
 * What watchers are shown as it happens: events as they come into being, and attempts with the event as each one left it.
 * Items are plain data, whichever process made them.
 */
import type { Trigger } from "../domain/values.ts";
import { idTime, messageIdOf } from "../ids.ts";
import type {
  LeasedEvent,
  NewMessage,
  PublishedEvent,
  PublishedMessage,
  SettledState,
  Settlement,
} from "../store/delivery.ts";
import type { StoredEvent } from "../store/history.ts";
import { LIST_CONTENT_BYTES_MAX } from "../store/history.ts";
import type { Tenant } from "../store/tenancy.ts";

/** An attempt as far as a feed shows it. `status`: of the response, or null; `code`: it, or the failure's. */
export type LiveAttempt = {
  number: number;
  trigger: Trigger;
  startedAt: number;
  durationMs: number;
  status: number | null;
  code: string;
};

/** The event is as in lists: a longer content is left out. */
export type LiveItem =
  { kind: "created"; event: StoredEvent } | { kind: "attempt"; event: StoredEvent; attempt: LiveAttempt };

/** The item of an event that was just published. */
export function createdItem(
  tenant: Tenant,
  published: { source: NewMessage; message: PublishedMessage; event: PublishedEvent; isTest: boolean },
): LiveItem {
  const { source, message, event, isTest } = published;
  const { topic, action, msgNature } = source;
  return {
    kind: "created",
    event: {
      id: event.id,
      webhookId: event.webhookId,
      messageId: message.id,
      tenant: tenant.tenant,
      appId: tenant.appId,
      appEnv: tenant.appEnv,
      topic,
      action,
      msgNature,
      ...listedContent(source),
      isTest,
      status: event.status,
      attemptCount: event.isLeased ? 1 : 0,
      retriesUsed: 0,
      nextAttemptAt: message.createdAt,
      lastCode: null,
      response: null,
      lastDurationMs: null,
      createdAt: message.createdAt,
      updatedAt: message.createdAt,
    },
  };
}

/** The item of an attempt that was just settled. */
export function attemptItem(ended: { event: LeasedEvent; settlement: Settlement; state: SettledState }): LiveItem {
  const { event, settlement, state } = ended;
  const { attempt: number, trigger, code, record } = settlement;
  const { startedAt, durationMs, response } = record;
  const { topic, action, msgNature } = event;
  return {
    kind: "attempt",
    event: {
      id: event.id,
      webhookId: event.webhookId,
      messageId: messageIdOf(event.id),
      tenant: event.tenant,
      appId: event.appId,
      appEnv: event.appEnv,
      topic,
      action,
      msgNature,
      ...listedContent(event),
      isTest: event.isTest,
      status: settlement.status,
      attemptCount: number,
      retriesUsed: state.retriesUsed,
      nextAttemptAt: state.nextAttemptAt,
      lastCode: code,
      response: response === null ? null : { status: response.status, statusText: response.statusText },
      lastDurationMs: durationMs,
      createdAt: idTime(event.id),
      updatedAt: state.updatedAt,
    },
    attempt: { number, trigger, startedAt, durationMs, status: response?.status ?? null, code },
  };
}

/** The item without what was published, for a message whose content was erased. */
export function withoutContent(item: LiveItem): LiveItem {
  const event = { ...item.event, content: null, contentBytes: 0, error: null };
  return item.kind === "created" ? { kind: "created", event } : { kind: "attempt", event, attempt: item.attempt };
}

function listedContent(source: {
  content: string | null;
  error: string | null;
}): Pick<StoredEvent, "content" | "contentBytes" | "error"> {
  const { content, error } = source;
  const contentBytes = content === null ? 0 : Buffer.byteLength(content);
  return { content: contentBytes > LIST_CONTENT_BYTES_MAX ? null : content, contentBytes, error };
}
