/** Test events: the catalogue's sample, or a content of the caller, sent to one webhook through the whole pipeline. */
import { Type } from "typebox";
import { assert } from "../assert.ts";
import { ApiError } from "../errors.ts";
import type { NewMessage } from "../store/delivery.ts";
import { actorOf, appNotFound } from "./access.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { EVENT_SCHEMA } from "./event_schema.ts";
import { jsonOf } from "./json_body.ts";
import { newMessage, refuseFaults, resolveAction, traceParentOf } from "./publication.ts";
import { eventJson } from "./representation.ts";
import { rawJson, WEBHOOK_PATH } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import type { Fault } from "./validation.ts";
import { webhookNotFound, webhookOf } from "./webhook_lookup.ts";

const TEST_SCHEMA = Type.Object(
  {
    topic: Type.String({ maxLength: 64 }),
    action: Type.String({ maxLength: 64 }),
    content: Type.Optional(Type.Unsafe<object>({ type: "object", description: "In place of the catalogue's sample." })),
  },
  { additionalProperties: false },
);

type TestBody = { topic: string; action: string; content?: object };

/** Registers the routes of this file. */
export function webhookTrialRoutes(app: Api, services: Services): void {
  const { store, engine, catalog, tenants, flowLimits } = services;

  app.route({
    method: "POST",
    url: "/v4/webhooks/:webhookId/test",
    config: {
      access: "webhooks",
      beginsDeliveries: true,
      errors: ["WEBHOOK_NOT_FOUND", "WEBHOOK_DISABLED", "TOPIC_NOT_IMPLEMENTED", "TEST_LIMIT_REACHED"],
    },
    schema: {
      operationId: "testWebhook",
      summary: "Send a test event to a webhook",
      tags: ["webhooks"],
      params: WEBHOOK_PATH,
      body: TEST_SCHEMA,
      response: { 201: rawJson(EVENT_SCHEMA) },
    },
    handler: async (request, reply) => {
      const webhook = await webhookOf(store, request);
      const { fields } = jsonOf(request);
      const message = testMessage(request.body, fields, traceParentOf(request.headers));
      const tenant = await tenants.find(webhook);
      if (tenant === null) throw appNotFound();
      flowLimits.count("test", tenant.tenant);
      const test = { webhookId: webhook.id, actor: actorOf(request) };
      const result = await engine.intake.publish({ tenant, messages: [message], idempotency: null, test });
      if (result.kind === "webhookGone") throw webhookNotFound();
      if (result.kind === "webhookDisabled") {
        throw new ApiError("WEBHOOK_DISABLED", "The webhook is disabled. Enable it with `isDisabled: false` first.");
      }
      assert(result.kind === "created", `a test event was answered ${result.kind}`);
      const eventId = result.messages[0]?.events[0]?.id;
      assert(eventId !== undefined, "a test message has no event");
      const found = await store.getEvent({ tenant: tenant.tenant, webhookId: webhook.id, eventId });
      if (found === null) throw webhookNotFound();
      return reply.code(201).header("content-type", JSON_TYPE).send(eventJson(found.event));
    },
  });

  function testMessage(body: TestBody, given: ReadonlyMap<string, string>, traceParent: string | null): NewMessage {
    const faults: Fault[] = [];
    const action = resolveAction(body, catalog, "", faults);
    refuseFaults(faults);
    assert(action !== null, "an action without faults was not resolved");
    const sample = catalog.sample(action);
    const fields = given.has("content") ? given : new Map([["content", sample]]);
    const content = body.content ?? (JSON.parse(sample) as object);
    const parts = { body: { topic: body.topic, action: body.action, content }, fields, traceParent };
    const message = newMessage(parts, catalog, "", faults);
    refuseFaults(faults);
    assert(message !== null, "a message without faults was not made");
    return message;
  }
}
