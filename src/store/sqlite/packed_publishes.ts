/** Publishes on their way to the writer's thread and back, as lists of their values: see {@link packCall}. */
import type { NewMessage, PublishParams, PublishResult, PublishedEvent, PublishedMessage } from "../delivery.ts";

/** What is asked for. */
export type PackedPublish = [
  tenant: PublishParams["tenant"],
  messages: PackedNewMessage[],
  idempotency: PublishParams["idempotency"],
  lease: PublishParams["lease"],
  test: PublishParams["test"],
];
type PackedNewMessage = [
  topic: NewMessage["topic"],
  action: NewMessage["action"],
  msgNature: NewMessage["msgNature"],
  content: NewMessage["content"],
  error: NewMessage["error"],
  searchValues: NewMessage["searchValues"],
  traceParent: NewMessage["traceParent"],
];

/** The messages of what was created; other results as they are. */
export type PackedResult = PackedMessage[] | Exclude<PublishResult, { kind: "created" }>;
type PackedMessage = [id: PublishedMessage["id"], createdAt: number, events: PackedEvent[]];
type PackedEvent = [
  id: PublishedEvent["id"],
  webhookId: PublishedEvent["webhookId"],
  status: PublishedEvent["status"],
  isLeased: boolean,
  isElsewhere: boolean,
];

/**
 * What is asked for, as it crosses. A message between threads carries the whole memory behind a view of bytes, so the hash gets
 * memory of its own size first.
 */
export function packPublish({ tenant, messages, idempotency, lease, test }: PublishParams): PackedPublish {
  const owned = idempotency === null ? null : { ...idempotency, bodyHash: new Uint8Array(idempotency.bodyHash) };
  return [tenant, messages.map(packedMessage), owned, lease, test];
}

/** What was asked for. */
export function unpackPublish([tenant, messages, idempotency, lease, test]: PackedPublish): PublishParams {
  return { tenant, messages: messages.map(unpackedMessage), idempotency, lease, test };
}

/** What came of it, as it crosses. */
export function packResult(result: PublishResult): PackedResult {
  if (result.kind !== "created") return result;
  return result.messages.map(({ id, createdAt, events }) => [id, createdAt, events.map(packedEvent)]);
}

/** What came of it. */
export function unpackResult(result: PackedResult): PublishResult {
  if (!Array.isArray(result)) return result;
  const messages = result.map(([id, createdAt, events]) => ({ id, createdAt, events: events.map(unpackedEvent) }));
  return { kind: "created", messages };
}

function packedMessage(message: NewMessage): PackedNewMessage {
  const { topic, action, msgNature, content, error, searchValues, traceParent } = message;
  return [topic, action, msgNature, content, error, searchValues, traceParent];
}

function unpackedMessage(values: PackedNewMessage): NewMessage {
  const [topic, action, msgNature, content, error, searchValues, traceParent] = values;
  return { topic, action, msgNature, content, error, searchValues, traceParent };
}

function packedEvent({ id, webhookId, status, isLeased, isElsewhere }: PublishedEvent): PackedEvent {
  return [id, webhookId, status, isLeased, isElsewhere];
}

function unpackedEvent([id, webhookId, status, isLeased, isElsewhere]: PackedEvent): PublishedEvent {
  return { id, webhookId, status, isLeased, isElsewhere };
}
