/** Looking at a verification token without consuming it: for whoever debugs a receiver. */
import type { Static } from "typebox";
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import type { TokenClaims } from "../domain/token.ts";
import { callerOf } from "./access.ts";
import { nullable, oneOf, TIME_SCHEMA } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { ownClaims } from "./tokens.ts";

const INSPECTED_SCHEMA = Type.Object(
  {
    state: oneOf(
      ["valid", "consumed", "expired", "notFound"],
      "`consumed` goes before `expired`; `notFound` is also another tenant's.",
    ),
    issuedAt: nullable(TIME_SCHEMA),
    expiresAt: nullable(TIME_SCHEMA),
    consumedAt: nullable(TIME_SCHEMA),
    webhookId: nullable(Type.String()),
    eventId: nullable(Type.String()),
    attemptNumber: nullable(Type.Integer()),
    topic: nullable(Type.String()),
    action: nullable(Type.String()),
  },
  { description: "All but `state` is null where the token is not found." },
);

type Inspected = Static<typeof INSPECTED_SCHEMA>;

const NOT_FOUND: Inspected = {
  state: "notFound",
  issuedAt: null,
  expiresAt: null,
  consumedAt: null,
  webhookId: null,
  eventId: null,
  attemptNumber: null,
  topic: null,
  action: null,
};

/** Registers the routes of this file. */
export function tokenInspectionRoutes(app: Api, services: Services): void {
  const { keys, flowLimits } = services;

  app.route({
    method: "POST",
    url: "/v4/tokens/webhook-verification/inspection",
    config: { access: "tokens", errors: ["TOKEN_CHECKS_THROTTLED"] },
    schema: {
      operationId: "inspectWebhookToken",
      summary: "Look at the verification token of a POST without consuming it",
      tags: ["debugging"],
      body: Type.Object({ token: Type.String({ minLength: 1, maxLength: 512 }) }, { additionalProperties: false }),
      response: { 200: INSPECTED_SCHEMA },
    },
    handler: async (request) => {
      const caller = callerOf(request);
      const claims = ownClaims({ text: request.body.token.trim(), keys: keys.token, caller });
      if (claims === null) {
        flowLimits.count("unknownToken", caller.tenant?.tenant ?? null);
        return NOT_FOUND;
      }
      return await inspect(services, claims);
    },
  });
}

async function inspect({ store, clock, tokenTtlMs }: Services, claims: TokenClaims): Promise<Inspected> {
  const { tenant, eventId, attempt, issuedAt } = claims;
  const found = await store.findToken({ tenant, eventId, attempt });
  if (found === null) return NOT_FOUND;
  const { webhookId, topic, action, consumedAt } = found;
  const expiresAt = issuedAt + tokenTtlMs;
  const unconsumed = clock.now() >= expiresAt ? "expired" : "valid";
  return {
    state: consumedAt === null ? unconsumed : "consumed",
    issuedAt: isoTime(issuedAt),
    expiresAt: isoTime(expiresAt),
    consumedAt: consumedAt === null ? null : isoTime(consumedAt),
    webhookId,
    eventId,
    attemptNumber: attempt,
    topic,
    action,
  };
}
