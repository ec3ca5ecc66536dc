/** What was published, and where it went: list, read, erase. */
import { Type } from "typebox";
import { ApiError } from "../errors.ts";
import type { MessageId } from "../ids.ts";
import { parseMessageId } from "../ids.ts";
import type { StoredMessage } from "../store/history.ts";
import { actorOf, tenantOf } from "./access.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { MESSAGE_LIST_SCHEMA, MESSAGE_SCHEMA } from "./event_schema.ts";
import { MESSAGE_QUERY_SCHEMA, messageFilter } from "./history_query.ts";
import { pageJson, pageRequest } from "./paging.ts";
import { messageJson } from "./representation.ts";
import { rawJson, TENANT_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

const MESSAGE_PATH = Type.Object({ appId: Type.String(), appEnv: Type.String(), messageId: Type.String() });

/** Registers the routes of this file. */
export function messageRoutes(app: Api, services: Services): void {
  const { store, catalog } = services;

  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/messages",
    config: { access: "events", errors: ["PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listMessages",
      summary: "List what was published, newest first",
      tags: ["messages"],
      params: TENANT_PATH,
      querystring: MESSAGE_QUERY_SCHEMA,
      response: { 200: rawJson(MESSAGE_LIST_SCHEMA) },
    },
    handler: async (request, reply) => {
      const page = pageRequest(request.query);
      const filter = messageFilter(request.query, catalog);
      const list = await store.listMessages({ ...page, tenant: tenantOf(request).tenant, filter });
      const items = list.messages.map(messageJson);
      return reply.header("content-type", JSON_TYPE).send(pageJson({ name: "items", items, page, list }));
    },
  });

  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/messages/:messageId",
    config: { access: "events", errors: ["MESSAGE_NOT_FOUND"] },
    schema: {
      operationId: "getMessage",
      summary: "Read a message with its events",
      tags: ["messages"],
      params: MESSAGE_PATH,
      response: { 200: rawJson(MESSAGE_SCHEMA) },
    },
    handler: async (request, reply) => {
      const messageId = messageIdOf(request.params.messageId);
      const message = await find(tenantOf(request).tenant, messageId);
      return reply.header("content-type", JSON_TYPE).send(messageJson(message));
    },
  });

  app.route({
    method: "DELETE",
    url: "/v4/applications/:appId/envs/:appEnv/messages/:messageId/content",
    // Whoever may put a payload here may take it away again.
    config: { access: "messages", errors: ["MESSAGE_NOT_FOUND"] },
    schema: {
      operationId: "eraseMessageContent",
      summary: "Erase the payload of a message and keep its history; what still waits is not sent",
      tags: ["messages"],
      params: MESSAGE_PATH,
      response: { 200: rawJson(MESSAGE_SCHEMA) },
    },
    handler: async (request, reply) => {
      const messageId = messageIdOf(request.params.messageId);
      const { tenant } = tenantOf(request);
      if (!(await store.eraseContent({ tenant, messageId, actor: actorOf(request) }))) throw messageNotFound();
      await services.putInForce();
      return reply.header("content-type", JSON_TYPE).send(messageJson(await find(tenant, messageId)));
    },
  });

  async function find(tenant: number, messageId: MessageId): Promise<StoredMessage> {
    const [message] = await store.getMessages({ tenant, messageIds: [messageId] });
    if (message === undefined) throw messageNotFound();
    return message;
  }
}

function messageIdOf(text: string): MessageId {
  const messageId = parseMessageId(text);
  if (messageId === null) throw messageNotFound();
  return messageId;
}

function messageNotFound(): ApiError {
  return new ApiError("MESSAGE_NOT_FOUND", "There is no such message for this key. Check the id in the path.");
}
