/** `POST …/webhooks/check`: what deliveries to a URL would meet, before a webhook is registered. Nothing is sent to it. */
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import { URL_CHARS_MAX } from "../domain/webhook.ts";
import {
  URL_CHECK_OUTCOMES,
  URL_CHECKS,
  URL_CHECKS_A_MINUTE_MAX,
  URL_CHECKS_AT_A_TIME_MAX,
  URL_CHECKS_OF_TENANT_MAX,
} from "../egress/url_check.ts";
import { ApiError } from "../errors.ts";
import { tenantOf } from "./access.ts";
import { nullable, oneOf, TENANT_PATH, TIME_SCHEMA } from "./schema_parts.ts";
import type { Api, Services } from "./services.ts";

/** A check takes no longer than 5 s. */
const RETRY_AFTER_S = 5;

const CERTIFICATE = Type.Object(
  { subject: nullable(Type.String()), issuer: nullable(Type.String()), validTo: TIME_SCHEMA },
  { description: "What the host showed, be it good or not; null without TLS." },
);

const CHECK_SCHEMA = Type.Object({
  isAccepted: Type.Boolean({
    description: "Whether deliveries are let out to it. What the receiver's side can still mend does not count.",
  }),
  checks: Type.Array(
    Type.Object({ name: oneOf(URL_CHECKS), outcome: oneOf(URL_CHECK_OUTCOMES), message: Type.String() }),
    { description: "In their order; each needs the one before." },
  ),
  certificate: nullable(CERTIFICATE),
});

/** Registers the routes of this file. */
export function webhookCheckRoutes(app: Api, { urlChecker }: Services): void {
  app.route({
    method: "POST",
    url: "/v4/applications/:appId/envs/:appEnv/webhooks/check",
    config: { access: "webhooks", errors: ["URL_CHECK_LIMIT_REACHED"] },
    schema: {
      operationId: "checkWebhookUrl",
      summary: "Check a URL for a webhook: policy, name, connection and certificate, without sending anything",
      tags: ["webhooks"],
      params: TENANT_PATH,
      body: Type.Object(
        { url: Type.String({ minLength: 1, maxLength: URL_CHARS_MAX }) },
        { additionalProperties: false },
      ),
      response: { 200: CHECK_SCHEMA },
    },
    handler: async (request) => {
      const { tenant, appEnv } = tenantOf(request);
      const report = await urlChecker.check({ tenant, appEnv, url: request.body.url });
      if (report === null) throw limitReached();
      const { isAccepted, checks, certificate } = report;
      return {
        isAccepted,
        checks,
        certificate: certificate === null ? null : { ...certificate, validTo: isoTime(certificate.validTo) },
      };
    },
  });
}

function limitReached(): ApiError {
  const limits =
    `at a time ${URL_CHECKS_OF_TENANT_MAX} of an application environment and ${URL_CHECKS_AT_A_TIME_MAX} in all, ` +
    `${URL_CHECKS_A_MINUTE_MAX} of an environment within a minute`;
  return new ApiError(
    "URL_CHECK_LIMIT_REACHED",
    `Too many URLs are being checked (at most ${limits}). Try again in a few seconds, or in a minute.`,
    { retryAfterS: RETRY_AFTER_S },
  );
}
