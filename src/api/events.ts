/** Events of one webhook, or of all webhooks of an application environment: list, read, resend. */
import { Type } from "typebox";
import type { WebhookId } from "../ids.ts";
import { parseEventId, parseWebhookId } from "../ids.ts";
import { ApiError } from "../errors.ts";
import type { EventFilter } from "../store/history.ts";
import type { PageRequest } from "../store/tenancy.ts";
import { actorOf, tenantOf } from "./access.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { EVENT_LIST_SCHEMA, EVENT_SCHEMA, EVENT_WITH_ATTEMPTS_SCHEMA } from "./event_schema.ts";
import { EVENT_QUERY_SCHEMA, eventFilter, TENANT_EVENT_QUERY_SCHEMA } from "./history_query.ts";
import { pageJson, pageRequest } from "./paging.ts";
import { eventJson } from "./representation.ts";
import { unreachable } from "../assert.ts";
import { rawJson, TENANT_PATH, WEBHOOK_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { webhookNotFound, webhookOf } from "./webhook_lookup.ts";

const EVENT_PATH = Type.Object({ webhookId: Type.String(), eventId: Type.String() });
const TENANT_EVENT_PATH = Type.Object({ appId: Type.String(), appEnv: Type.String(), eventId: Type.String() });

/** Where an event is looked for. */
type EventPlace = { tenant: number; webhookId: WebhookId | null };

/** Registers the routes of this file. */
export function eventRoutes(app: Api, services: Services): void {
  listWebhookEventsRoute(app, services);
  getWebhookEventRoute(app, services);
  resendWebhookEventRoute(app, services);
  listEventsRoute(app, services);
  getEventRoute(app, services);
}

function listWebhookEventsRoute(app: Api, { store, catalog }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/webhooks/:webhookId/events",
    config: { access: "events", errors: ["WEBHOOK_NOT_FOUND", "PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listWebhookEvents",
      summary: "List the events of a webhook, newest first",
      tags: ["events"],
      params: WEBHOOK_PATH,
      querystring: EVENT_QUERY_SCHEMA,
      response: { 200: rawJson(EVENT_LIST_SCHEMA) },
    },
    handler: async (request, reply) => {
      const page = pageRequest(request.query);
      const filter = eventFilter(request.query, catalog);
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const json = await eventListJson(store, { page, place: { tenant, webhookId }, filter });
      return reply.header("content-type", JSON_TYPE).send(json);
    },
  });
}

function getWebhookEventRoute(app: Api, { store }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/webhooks/:webhookId/events/:eventId",
    config: { access: "events", errors: ["WEBHOOK_NOT_FOUND", "WEBHOOK_EVENT_NOT_FOUND"] },
    schema: {
      operationId: "getWebhookEvent",
      summary: "Read an event with its attempts",
      tags: ["events"],
      params: EVENT_PATH,
      response: { 200: rawJson(EVENT_WITH_ATTEMPTS_SCHEMA) },
    },
    handler: async (request, reply) => {
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const json = await eventWithAttemptsJson(store, { tenant, webhookId }, request.params.eventId);
      return reply.header("content-type", JSON_TYPE).send(json);
    },
  });
}

function resendWebhookEventRoute(app: Api, { store, engine, flowLimits }: Services): void {
  app.route({
    method: "POST",
    url: "/v4/webhooks/:webhookId/events/:eventId/resend",
    config: {
      access: "events",
      beginsDeliveries: true,
      errors: [
        "WEBHOOK_NOT_FOUND",
        "WEBHOOK_EVENT_NOT_FOUND",
        "WEBHOOK_EVENT_ALREADY_PENDING",
        "WEBHOOK_DISABLED",
        "MESSAGE_CONTENT_ERASED",
        "RESEND_LIMIT_REACHED",
      ],
    },
    schema: {
      operationId: "resendWebhookEvent",
      summary: "Send an event once more, with a fresh retry schedule",
      tags: ["events"],
      params: EVENT_PATH,
      response: { 202: rawJson(EVENT_SCHEMA) },
    },
    handler: async (request, reply) => {
      const { tenant, id: webhookId } = await webhookOf(store, request);
      const eventId = parseEventId(request.params.eventId);
      if (eventId === null) throw eventNotFound();
      flowLimits.count("resend", tenant);
      const actor = actorOf(request);
      const outcome = await store.resendEvent({ tenant, webhookId, eventId, trigger: "RESEND", actor });
      if (outcome !== "resent") throw resendRefused(outcome);
      // Read before the engine hears of it: the answer shows the event as this call made it.
      const found = await store.getEvent({ tenant, webhookId, eventId });
      engine.wake({ tenant, webhookId });
      if (found === null) throw eventNotFound();
      return reply.code(202).header("content-type", JSON_TYPE).send(eventJson(found.event));
    },
  });
}

function listEventsRoute(app: Api, { store, catalog }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/events",
    config: { access: "events", errors: ["WEBHOOK_NOT_FOUND", "PAGE_TOO_DEEP", "CURSOR_INVALID"] },
    schema: {
      operationId: "listEvents",
      summary: "List the events of all webhooks, newest first",
      tags: ["events"],
      params: TENANT_PATH,
      querystring: TENANT_EVENT_QUERY_SCHEMA,
      response: { 200: rawJson(EVENT_LIST_SCHEMA) },
    },
    handler: async (request, reply) => {
      const { webhookId: webhookText, ...query } = request.query;
      const page = pageRequest(query);
      const filter = eventFilter(query, catalog);
      const { tenant } = tenantOf(request);
      const webhookId = webhookText === undefined ? null : parseWebhookId(webhookText);
      // Deleted webhooks have events too: their history stays readable here until retention removes it.
      if (webhookText !== undefined && webhookId === null) throw webhookNotFound();
      const json = await eventListJson(store, { page, place: { tenant, webhookId }, filter });
      return reply.header("content-type", JSON_TYPE).send(json);
    },
  });
}

function getEventRoute(app: Api, { store }: Services): void {
  app.route({
    method: "GET",
    url: "/v4/applications/:appId/envs/:appEnv/events/:eventId",
    config: { access: "events", errors: ["WEBHOOK_EVENT_NOT_FOUND"] },
    schema: {
      operationId: "getEvent",
      summary: "Read an event by its id alone, with its attempts",
      tags: ["events"],
      params: TENANT_EVENT_PATH,
      response: { 200: rawJson(EVENT_WITH_ATTEMPTS_SCHEMA) },
    },
    handler: async (request, reply) => {
      const place = { tenant: tenantOf(request).tenant, webhookId: null };
      const json = await eventWithAttemptsJson(store, place, request.params.eventId);
      return reply.header("content-type", JSON_TYPE).send(json);
    },
  });
}

async function eventListJson(
  store: Services["store"],
  asked: { page: PageRequest; place: EventPlace; filter: EventFilter },
): Promise<string> {
  const list = await store.listEvents({ ...asked.page, ...asked.place, filter: asked.filter });
  const items = list.events.map((event) => eventJson(event));
  return pageJson({ name: "events", items, page: asked.page, list });
}

async function eventWithAttemptsJson(store: Services["store"], place: EventPlace, idText: string): Promise<string> {
  const eventId = parseEventId(idText);
  const found = eventId === null ? null : await store.getEvent({ ...place, eventId });
  if (found === null) throw eventNotFound();
  return eventJson(found.event, found.attempts);
}

function resendRefused(outcome: "notFound" | "alreadyPending" | "webhookDisabled" | "contentErased"): ApiError {
  switch (outcome) {
    case "notFound":
      return eventNotFound();
    case "alreadyPending":
      return new ApiError("WEBHOOK_EVENT_ALREADY_PENDING", "The event is on its way already. Wait for its outcome.");
    case "webhookDisabled":
      return new ApiError("WEBHOOK_DISABLED", "The webhook is disabled. Enable it with `isDisabled: false` first.");
    case "contentErased":
      return contentErased();
    default:
      return unreachable(outcome);
  }
}

/** The 409 where an erased content would be needed. */
export function contentErased(): ApiError {
  return new ApiError("MESSAGE_CONTENT_ERASED", "The content of the message was erased, so it cannot be sent again.");
}

/** The 404 of events. */
export function eventNotFound(): ApiError {
  return new ApiError("WEBHOOK_EVENT_NOT_FOUND", "There is no such event for this key. Check the id in the path.");
}
