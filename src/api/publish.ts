/** Publishing: one message, or a batch of them, all or nothing. Answered when it is durable. */
import type { FastifyReply } from "fastify";
import { Type } from "typebox";
import { assert, unreachable } from "../assert.ts";
import type { Catalog } from "../domain/catalog.ts";
import { arrayItems, objectFields } from "../domain/json_text.ts";
import { ApiError } from "../errors.ts";
import type { MessageId } from "../ids.ts";
import { idTime } from "../ids.ts";
import type { NewMessage, PublishedMessage, PublishParams } from "../store/delivery.ts";
import type { StoredMessage } from "../store/history.ts";
import { LIST_CONTENT_BYTES_MAX } from "../store/history.ts";
import type { Tenant } from "../store/tenancy.ts";
import { tenantOf } from "./access.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { MESSAGE_SCHEMA } from "./event_schema.ts";
import { IDEMPOTENCY_HEADER, idempotencyConflict, idempotencyOf } from "./idempotency.ts";
import { BODY_BYTES_MAX, jsonOf } from "./json_body.ts";
import type { MessageBody } from "./publication.ts";
import { NEW_MESSAGE_SCHEMA, newMessage, refuseFaults, traceParentOf } from "./publication.ts";
import { jsonArray, messageJson } from "./representation.ts";
import { rawJson, TENANT_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import type { Fault } from "./validation.ts";
import { FAULTS_MAX, stopAtFirstFault } from "./validation.ts";

/** Of the body of a batch. */
export const BATCH_BYTES_MAX = 8 * 1024 * 1024;
/** How many messages a batch may have. */
export const BATCH_MESSAGES_MAX = 1_000;
/** The store's bound of the events that come of a batch, told in its refusal. */
export const BATCH_EVENTS_MAX = 10_000;

const BATCH_SCHEMA = Type.Object(
  { messages: Type.Array(NEW_MESSAGE_SCHEMA, { minItems: 1, maxItems: BATCH_MESSAGES_MAX }) },
  { additionalProperties: false },
);

const MESSAGES_SCHEMA = Type.Object({ messages: Type.Array(MESSAGE_SCHEMA) });

/** Messages as they will be stored, and whose they are. */
type Publication = { tenant: Tenant; messages: readonly NewMessage[]; idempotency: PublishParams["idempotency"] };
/** Where the answer comes from: fresh messages, or earlier ones in their present state. */
type Published = { status: 200 | 201; messages: StoredMessage[] };

/** Registers the routes of this file. */
export function publishRoutes(app: Api, services: Services): void {
  publishMessageRoute(app, services);
  publishMessagesRoute(app, services);
}

function publishMessageRoute(app: Api, services: Services): void {
  const { catalog } = services;
  app.route({
    method: "POST",
    url: "/v4/applications/:appId/envs/:appEnv/messages",
    config: {
      access: "messages",
      beginsDeliveries: true,
      errors: ["HEADER_VALIDATION_FAILED", "IDEMPOTENCY_KEY_REUSED", "TOPIC_NOT_IMPLEMENTED"],
      headers: IDEMPOTENCY_HEADER,
    },
    bodyLimit: BODY_BYTES_MAX,
    schema: {
      operationId: "publishMessage",
      summary: "Publish a message",
      tags: ["messages"],
      params: TENANT_PATH,
      body: NEW_MESSAGE_SCHEMA,
      response: { 200: rawJson(MESSAGE_SCHEMA), 201: rawJson(MESSAGE_SCHEMA) },
    },
    handler: async (request, reply) => {
      const idempotency = idempotencyOf(request, "message");
      const faults: Fault[] = [];
      const parts = { body: request.body, fields: jsonOf(request).fields, traceParent: traceParentOf(request.headers) };
      const message = newMessage(parts, catalog, "", faults);
      refuseFaults(faults);
      assert(message !== null, "a message without faults was not made");
      const published = await publish(services, { tenant: tenantOf(request), messages: [message], idempotency });
      return send(reply, published.status, published.messages.map(messageJson).join());
    },
  });
}

function publishMessagesRoute(app: Api, services: Services): void {
  const { catalog } = services;
  app.route({
    method: "POST",
    url: "/v4/applications/:appId/envs/:appEnv/messages/batch",
    config: {
      access: "messages",
      beginsDeliveries: true,
      errors: [
        "HEADER_VALIDATION_FAILED",
        "IDEMPOTENCY_KEY_REUSED",
        "TOPIC_NOT_IMPLEMENTED",
        "BATCH_EVENTS_LIMIT_REACHED",
      ],
      headers: IDEMPOTENCY_HEADER,
    },
    bodyLimit: BATCH_BYTES_MAX,
    validatorCompiler: stopAtFirstFault,
    schema: {
      operationId: "publishMessages",
      summary: "Publish up to 1,000 messages, all or nothing",
      tags: ["messages"],
      params: TENANT_PATH,
      body: BATCH_SCHEMA,
      response: { 200: rawJson(MESSAGES_SCHEMA), 201: rawJson(MESSAGES_SCHEMA) },
    },
    handler: async (request, reply) => {
      const idempotency = idempotencyOf(request, "batch");
      const texts = arrayItems(jsonOf(request).fields.get("messages") ?? "[]");
      const messages = batchMessages(
        { bodies: request.body.messages, texts, traceParent: traceParentOf(request.headers) },
        catalog,
      );
      const published = await publish(services, { tenant: tenantOf(request), messages, idempotency });
      const items = published.messages.map((message) => messageJson(shortened(message)));
      return send(reply, published.status, `{"messages":${jsonArray(items)}}`);
    },
  });
}

function batchMessages(
  sent: { bodies: readonly MessageBody[]; texts: readonly string[]; traceParent: string | null },
  catalog: Catalog,
): NewMessage[] {
  const { bodies, texts, traceParent } = sent;
  const faults: Fault[] = [];
  const messages: NewMessage[] = [];
  for (const [index, body] of bodies.entries()) {
    const text = texts[index];
    assert(text !== undefined, "a batch was cut into fewer messages than it has");
    const at = `messages[${index}]`;
    refuseTooLarge(text, at);
    const { fields, repeated } = objectFields(text);
    for (const name of repeated) faults.push({ path: `${at}.${name}`, message: "is given more than once" });
    const message = newMessage({ body, fields, traceParent }, catalog, at, faults);
    if (message !== null) messages.push(message);
    if (faults.length >= FAULTS_MAX) break;
  }
  refuseFaults(faults);
  return messages;
}

async function publish(services: Services, publication: Publication): Promise<Published> {
  const { tenant, messages, idempotency } = publication;
  const result = await services.engine.intake.publish({ ...publication, test: null });
  switch (result.kind) {
    case "created":
      return { status: 201, messages: result.messages.map((one, at) => fresh(publication, one, messages[at])) };
    case "repeated":
      return { status: 200, messages: await presentState(services, publication, result.messageIds) };
    case "conflict":
      throw idempotencyConflict(idempotency?.key ?? "");
    case "tooManyEvents":
      throw new ApiError(
        "BATCH_EVENTS_LIMIT_REACHED",
        `The batch would make ${result.count} events; at most ${BATCH_EVENTS_MAX} are allowed. Split it.`,
        { context: { count: result.count, limit: BATCH_EVENTS_MAX } },
      );
    case "webhookGone":
    case "webhookDisabled":
      throw new Error(`publishing for tenant ${tenant.tenant} was answered like a test: ${result.kind}`);
    default:
      return unreachable(result);
  }
}

/** The earlier messages; what retention has removed meanwhile is told from the body, which is the same, without events. */
async function presentState(
  { store }: Services,
  publication: Publication,
  messageIds: readonly MessageId[],
): Promise<StoredMessage[]> {
  const found = await store.getMessages({ tenant: publication.tenant.tenant, messageIds });
  const byId = new Map(found.map((message) => [message.id, message]));
  return messageIds.map(
    (id, at) => byId.get(id) ?? fresh(publication, { id, createdAt: idTime(id), events: [] }, publication.messages[at]),
  );
}

function fresh(publication: Publication, published: PublishedMessage, source: NewMessage | undefined): StoredMessage {
  assert(source !== undefined, "more messages were stored than published");
  const { tenant, appId, appEnv } = publication.tenant;
  const { topic, action, msgNature, content, error } = source;
  return {
    id: published.id,
    tenant,
    appId,
    appEnv,
    topic,
    action,
    msgNature,
    content,
    contentBytes: 0,
    error,
    isTest: false,
    idempotencyKey: publication.idempotency?.key ?? null,
    createdAt: published.createdAt,
    events: published.events,
  };
}

/** As in a list: without a long content. */
function shortened(message: StoredMessage): StoredMessage {
  const contentBytes = message.content === null ? message.contentBytes : Buffer.byteLength(message.content);
  return contentBytes > LIST_CONTENT_BYTES_MAX ? { ...message, content: null, contentBytes } : message;
}

function refuseTooLarge(text: string, at: string): void {
  if (text.length * 3 <= BODY_BYTES_MAX || Buffer.byteLength(text) <= BODY_BYTES_MAX) return;
  throw new ApiError("BODY_TOO_LARGE", `${at} is larger than a message may be: ${BODY_BYTES_MAX / 1024} KiB.`, {
    context: { path: at, limitBytes: BODY_BYTES_MAX },
  });
}

function send(reply: FastifyReply, status: number, json: string): FastifyReply {
  return reply.code(status).header("content-type", JSON_TYPE).send(json);
}
