/** The check of a verification token, which consumes it: what a receiver asks before it believes a POST. */
import type { Static } from "typebox";
import { Type } from "typebox";
import type { TokenClaims } from "../domain/token.ts";
import { parseToken } from "../domain/token.ts";
import { parseAppEnv } from "../domain/values.ts";
import type { ApiKey, Tenant } from "../store/tenancy.ts";
import { callerOf } from "./access.ts";
import { JSON_TYPE } from "./error_envelope.ts";
import { CHECK_IDEMPOTENCY_HEADER, idempotencyKeyHashOf } from "./idempotency.ts";
import { nullable, rawJson } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";
import { bodyFaults } from "./validation.ts";

const TOKEN = Type.String({ minLength: 1, maxLength: 512 });

const CHECK_SCHEMA = Type.Object(
  {
    token: Type.Optional(TOKEN),
    verificationToken: Type.Optional(TOKEN),
    appId: Type.String({ maxLength: 128 }),
    appEnv: Type.String({ maxLength: 32 }),
  },
  { additionalProperties: false },
);

const CHECKED_SCHEMA = Type.Object({
  isValid: Type.Boolean(),
  haveBeenConsumed: Type.Boolean({ description: "This very call consumed it, or the one that it repeats." }),
  notFound: Type.Boolean({ description: "No token of this tenant." }),
  alreadyConsumed: Type.Boolean(),
  badTarget: Type.Boolean({ description: "appId or appEnv are not the token's; it stays usable." }),
  isExpired: Type.Boolean(),
  badRelatedId: Type.Boolean({ description: "Always false; for older clients." }),
  context: nullable(
    Type.Object({
      webhookId: Type.String(),
      eventId: Type.String(),
      attemptNumber: Type.Integer(),
      topic: Type.String(),
      action: Type.String(),
      contentSha256: nullable(Type.String({ description: "Hex, of the bytes of `content`; null once erased." })),
    }),
  ),
});

type Checked = Static<typeof CHECKED_SCHEMA>;

const NOTHING: Checked = {
  isValid: false,
  haveBeenConsumed: false,
  notFound: false,
  alreadyConsumed: false,
  badTarget: false,
  isExpired: false,
  badRelatedId: false,
  context: null,
};

/** Registers the routes of this file. */
export function tokenRoutes(app: Api, services: Services): void {
  const { store, keys, tenants, tokenTtlMs, clock, flowLimits } = services;

  app.route({
    method: "POST",
    url: "/v4/tokens/webhook-verification/checking-consumption",
    config: {
      access: "tokens",
      errors: ["HEADER_VALIDATION_FAILED", "TOKEN_CHECKS_THROTTLED"],
      headers: CHECK_IDEMPOTENCY_HEADER,
    },
    schema: {
      operationId: "checkConsumeWebhookToken",
      summary: "Check the verification token of a POST, and consume it",
      tags: ["tokens"],
      body: CHECK_SCHEMA,
      response: { 200: rawJson(CHECKED_SCHEMA) },
    },
    handler: async (request, reply) => {
      const keyHash = idempotencyKeyHashOf(request);
      const checked = await check(callerOf(request), { ...request.body, keyHash });
      return reply.header("content-type", JSON_TYPE).send(JSON.stringify(checked));
    },
  });

  async function check(
    caller: ApiKey,
    { keyHash, ...body }: Static<typeof CHECK_SCHEMA> & { keyHash: Uint8Array | null },
  ): Promise<Checked> {
    const claims = ownClaims({ text: presentedToken(body), keys: keys.token, caller });
    if (claims === null) {
      // No genuine token is counted: forged ones, which strangers send to a receiver, must not keep it from checking those.
      flowLimits.count("unknownToken", caller.tenant?.tenant ?? null);
      return { ...NOTHING, notFound: true };
    }
    const own = caller.tenant;
    const target = own ?? (await tenantNamed(body));
    const isTarget = target?.tenant === claims.tenant && target.appId === body.appId && target.appEnv === body.appEnv;
    if (!isTarget) return { ...NOTHING, badTarget: true };
    if (clock.now() >= claims.issuedAt + tokenTtlMs) return { ...NOTHING, isExpired: true };
    const outcome = await store.consumeToken({
      tenant: claims.tenant,
      eventId: claims.eventId,
      attempt: claims.attempt,
      keyHash,
    });
    if (outcome.kind === "notFound") return { ...NOTHING, notFound: true };
    if (outcome.kind === "alreadyConsumed") return { ...NOTHING, alreadyConsumed: true };
    const { webhookId, topic, action, contentSha256 } = outcome;
    const context = { webhookId, eventId: claims.eventId, attemptNumber: claims.attempt, topic, action, contentSha256 };
    return { ...NOTHING, isValid: true, haveBeenConsumed: true, context };
  }

  async function tenantNamed(body: { appId: string; appEnv: string }): Promise<Tenant | null> {
    const appEnv = parseAppEnv(body.appEnv);
    return appEnv === null ? null : tenants.find({ appId: body.appId, appEnv });
  }
}

/** What the token says; null where it is none, and for another tenant's, which reads like one that never was. */
export function ownClaims(of: {
  text: string;
  keys: readonly Buffer[];
  caller: Pick<ApiKey, "tenant">;
}): TokenClaims | null {
  const claims = parseToken(of.keys, of.text);
  const own = of.caller.tenant;
  return claims === null || (own !== null && own.tenant !== claims.tenant) ? null : claims;
}

/** `token` in the guide, `verificationToken` in v4; both are taken, but not two different ones. */
function presentedToken(body: { token?: string; verificationToken?: string }): string {
  const token = body.token ?? body.verificationToken;
  if (token === undefined) throw bodyFaults([{ path: "token", message: "is required" }]);
  if (body.verificationToken !== undefined && body.verificationToken !== token) {
    throw bodyFaults([{ path: "verificationToken", message: "is not the same as token" }]);
  }
  return token;
}
