/**
 * The signature debugger: whether a signature that a receiver got holds and why not, whether a stored attempt's does, and a
 * request signed anew. Secrets are compared with here and never answered, and tokens are masked in everything that is.
 */
import type { Static } from "typebox";
import { Type } from "typebox";
import { assert } from "../assert.ts";
import { isoTime } from "../clock.ts";
import { signatureHeader, signingKey } from "../domain/signature.ts";
import type { Presented, SecretMatch, SentAttempt } from "../domain/signature_check.ts";
import { attemptOf, matchSecrets, signatureFaults } from "../domain/signature_check.ts";
import type { HeaderPair } from "../domain/values.ts";
import type { StoredHeader, Webhook } from "../domain/webhook.ts";
import { SIGNATURE_VERSIONS } from "../domain/webhook.ts";
import { requestHeaders } from "../egress/request_headers.ts";
import { targetOf } from "../egress/target_url.ts";
import { ApiError } from "../errors.ts";
import { parseEventId } from "../ids.ts";
import type { StoredAttempt, StoredEvent } from "../store/history.ts";
import type { SigningSecret } from "../store/webhooks.ts";
import { VERSION } from "../version.ts";
import { actorOf, callerOf, hasScope, refuseMissingScope } from "./access.ts";
import { contentErased, eventNotFound } from "./events.ts";
import { nullable, oneOf, TIME_SCHEMA, WEBHOOK_PATH } from "./schema_parts.ts";
import { maskedBody, sentAttempt } from "./sent_request.ts";
import type { Api, Services } from "./services.ts";
import { webhookNotFound, webhookOf } from "./webhook_lookup.ts";

/** A body of 256 KiB, each of its characters escaped. */
const CHECK_BYTES_MAX = 1024 * 1024;
const EVENT_PATH = Type.Object({ webhookId: Type.String(), eventId: Type.String() });

const PRESENTED_SCHEMA = Type.Object(
  {
    id: Type.String({ maxLength: 256, description: "The header `webhook-id`." }),
    timestamp: Type.Unsafe<string | number>({
      type: ["string", "integer"],
      maxLength: 64,
      description: "The header `webhook-timestamp`.",
    }),
    body: Type.String({ description: "The raw body, as it was received." }),
    signature: Type.String({ maxLength: 4096, description: "The header `webhook-signature`." }),
  },
  { additionalProperties: false },
);

const VERDICT_SCHEMA = Type.Object({
  isValid: Type.Boolean(),
  signedContent: Type.String({ description: "`id.timestamp.body`, its token masked." }),
  secrets: Type.Array(
    Type.Object({
      version: oneOf(SIGNATURE_VERSIONS, "`v1`: a secret; `v1a`: a key pair."),
      createdAt: TIME_SCHEMA,
      expiresAt: nullable(TIME_SCHEMA),
      matches: Type.Boolean(),
    }),
    { description: "The webhook's, newest first, as long as they are stored; which of them signed it." },
  ),
  faults: Type.Array(Type.String(), { description: "What is wrong, in words; empty when nothing is." }),
});

const SENT_VERDICT_SCHEMA = Type.Object({
  ...VERDICT_SCHEMA.properties,
  signature: Type.String({ description: "The header `webhook-signature`, as it was sent." }),
});

const SIGNED_REQUEST_SCHEMA = Type.Object({
  method: Type.String(),
  url: Type.String(),
  headers: Type.Array(
    Type.Unsafe<[string, string]>({ type: "array", items: { type: "string" }, minItems: 2, maxItems: 2 }),
    {
      description: "`[name, value]` pairs, in order; values of custom headers are `***`.",
    },
  ),
  body: Type.String({ description: "What is signed: the event's body with the mask in place of a token." }),
});

/** Registers the routes of this file. */
export function signatureDebuggerRoutes(app: Api, services: Services): void {
  checkSignatureRoute(app, services);
  attemptSignatureRoute(app, services);
  signedRequestRoute(app, services);
}

function checkSignatureRoute(app: Api, services: Services): void {
  const { store, clock } = services;
  app.route({
    method: "POST",
    url: "/v4/webhooks/:webhookId/signature/check",
    bodyLimit: CHECK_BYTES_MAX,
    config: { access: "webhooks", errors: ["WEBHOOK_NOT_FOUND"] },
    schema: {
      operationId: "checkWebhookSignature",
      summary: "Check a signature that a receiver got, and tell what is wrong with it",
      tags: ["debugging"],
      params: WEBHOOK_PATH,
      body: PRESENTED_SCHEMA,
      response: { 200: VERDICT_SCHEMA },
    },
    handler: async (request) => {
      const webhook = await webhookOf(store, request);
      const presented = { ...request.body, timestamp: String(request.body.timestamp) };
      const secrets = await secretsOf(services, webhook);
      const matched = matchSecrets(presented, secrets);
      const mayReadEvent = hasScope(callerOf(request), "events");
      const sent = await knownAttempt(services, { webhook, secrets, presented });
      const faults = signatureFaults(presented, { matches: matched.secrets, now: clock.now(), sent, mayReadEvent });
      return verdictView({ ...matched, faults, isValid: faults.length === 0 });
    },
  });
}

function attemptSignatureRoute(app: Api, services: Services): void {
  const { store, keys } = services;
  app.route({
    method: "GET",
    url: "/v4/webhooks/:webhookId/events/:eventId/attempts/:number/signature",
    config: {
      access: "events",
      errors: [
        "WEBHOOK_NOT_FOUND",
        "WEBHOOK_EVENT_NOT_FOUND",
        "WEBHOOK_ATTEMPT_NOT_FOUND",
        "WEBHOOK_ATTEMPT_NOT_SENT",
        "MESSAGE_CONTENT_ERASED",
      ],
    },
    schema: {
      operationId: "getAttemptSignature",
      summary: "Recompute the signature of an attempt that was sent",
      tags: ["debugging"],
      params: Type.Object({ ...EVENT_PATH.properties, number: Type.String() }),
      response: { 200: SENT_VERDICT_SCHEMA },
    },
    handler: async (request) => {
      const webhook = await webhookOf(store, request);
      const { event, attempts } = await eventOf(services, webhook, request.params.eventId);
      const attempt = attempts.find(({ number }) => String(number) === request.params.number);
      if (attempt === undefined) throw attemptNotFound(event, request.params.number);
      const secrets = await secretsOf(services, webhook);
      const sent = sentAttempt(event, attempt, { tokenKeys: keys.token, secrets });
      if (sent === "unsent") throw attemptNotSent(attempt);
      if (sent === "erased") throw contentErased();
      const matched = matchSecrets({ id: event.id, ...sent }, secrets);
      const isValid = matched.secrets.some(({ matches }) => matches);
      const faults = isValid
        ? []
        : [
            "no secret matches: what it was signed with was rotated away and is not stored any more, or the master key was changed",
          ];
      return { ...verdictView({ ...matched, faults, isValid }), signature: sent.signature };
    },
  });
}

function signedRequestRoute(app: Api, services: Services): void {
  const { store, clock } = services;
  app.route({
    method: "POST",
    url: "/v4/webhooks/:webhookId/events/:eventId/signed-request",
    config: { access: "webhooks", errors: ["WEBHOOK_NOT_FOUND", "WEBHOOK_EVENT_NOT_FOUND", "MESSAGE_CONTENT_ERASED"] },
    schema: {
      operationId: "signWebhookRequest",
      summary:
        "Make the request of an event with a fresh signature, for sending it by hand; needs the scope `events` too",
      tags: ["debugging"],
      params: EVENT_PATH,
      response: { 200: SIGNED_REQUEST_SCHEMA },
    },
    handler: async (request) => {
      refuseMissingScope(callerOf(request), "events"); // the answer shows the event's content
      const webhook = await webhookOf(store, request);
      const { event } = await eventOf(services, webhook, request.params.eventId);
      const body = maskedBody(event);
      if (body === null) throw contentErased();
      const { tenant, id: webhookId } = webhook;
      const secrets = await store.secretsForRequest({ tenant, webhookId, eventId: event.id, actor: actorOf(request) });
      if (secrets === null) throw webhookNotFound();
      return signedRequest({ webhook, event, body, secrets, now: clock.now() });
    },
  });
}

function signedRequest(of: { webhook: Webhook; event: StoredEvent; body: string; secrets: string[]; now: number }) {
  const { webhook, event, body, secrets } = of;
  const timestampS = Math.floor(of.now / 1000);
  const headers = requestHeaders({
    hostHeader: targetOf(new URL(webhook.url)).hostHeader,
    userAgent: `Ignisign-Webhooks/${VERSION}`,
    eventId: event.id,
    timestampS,
    signature: signatureHeader(secrets.map(signingKey), { id: event.id, timestampS, body }),
    bodyBytes: Buffer.byteLength(body),
    isTest: event.isTest,
    customHeaders: webhook.headers.map(readable),
  });
  assert(!("fault" in headers), "a stored custom header cannot be sent");
  return {
    method: "POST",
    url: webhook.url,
    headers: headers.captured.map(([name, value]): [string, string] => [name, value]),
    body,
  };
}

/** Attempts to a webhook with another one fail. */
function readable([name, value]: StoredHeader): HeaderPair {
  assert(value !== null, `the value of the custom header ${name} cannot be decrypted`);
  return [name, value];
}

/** The attempt of this webhook that the presented headers name, as it was sent; null when none is known. */
async function knownAttempt(
  services: Services,
  { webhook, secrets, presented }: { webhook: Webhook; secrets: readonly SigningSecret[]; presented: Presented },
): Promise<SentAttempt | null> {
  const eventId = parseEventId(presented.id);
  if (eventId === null) return null;
  const { tenant, id: webhookId } = webhook;
  const found = await services.store.getEvent({ tenant, webhookId, eventId });
  if (found === null) return null;
  const made = { tokenKeys: services.keys.token, secrets };
  const sent = found.attempts.map((attempt) => sentAttempt(found.event, attempt, made));
  return attemptOf(
    presented,
    sent.filter((one) => typeof one !== "string"),
  );
}

async function secretsOf({ store }: Services, { tenant, id: webhookId }: Webhook) {
  const secrets = await store.storedSecrets({ tenant, webhookId });
  if (secrets === null) throw webhookNotFound();
  return secrets;
}

async function eventOf(
  { store }: Services,
  { tenant, id: webhookId }: Webhook,
  idText: string,
): Promise<{ event: StoredEvent; attempts: StoredAttempt[] }> {
  const eventId = parseEventId(idText);
  const found = eventId === null ? null : await store.getEvent({ tenant, webhookId, eventId });
  if (found === null) throw eventNotFound();
  return found;
}

function verdictView(verdict: {
  isValid: boolean;
  signedContent: string;
  secrets: readonly SecretMatch[];
  faults: string[];
}): Static<typeof VERDICT_SCHEMA> {
  const secrets = verdict.secrets.map(({ version, createdAt, expiresAt, matches }) => ({
    version,
    createdAt: isoTime(createdAt),
    expiresAt: expiresAt === null ? null : isoTime(expiresAt),
    matches,
  }));
  return { ...verdict, secrets };
}

function attemptNotFound({ attemptCount }: StoredEvent, number: string): ApiError {
  const message = `There is no attempt ${number.slice(0, 16)} of this event; it has ${attemptCount}. Check the number in the path.`;
  return new ApiError("WEBHOOK_ATTEMPT_NOT_FOUND", message);
}

function attemptNotSent({ number }: StoredAttempt): ApiError {
  const message = `Attempt ${number} sent nothing that is known of, so it has no signature. Look at its error.`;
  return new ApiError("WEBHOOK_ATTEMPT_NOT_SENT", message);
}
