/**
 * What callers see of webhooks, messages, events and attempts. `content` and `error` are spliced in as the text that was
 * published: parsing and printing them again would change numbers, key order and escapes.
 */
import { isoTime } from "../clock.ts";
import type { Webhook } from "../domain/webhook.ts";
import { HTTP_VERSION } from "../egress/connection.ts";
import type { StoredAttempt, StoredEvent, StoredMessage } from "../store/history.ts";
import { maskedBody } from "./sent_request.ts";
import { HEADER_VALUE_MASK } from "./webhook_settings.ts";

/** A webhook. Values of its custom headers are secrets of the customer, so they are masked. */
export function webhookView(webhook: Webhook) {
  return {
    _id: webhook.id,
    appId: webhook.appId,
    appEnv: webhook.appEnv,
    url: webhook.url,
    description: webhook.description,
    isDisabled: webhook.isDisabled,
    ...(webhook.disabledReason === null ? {} : { disabledReason: webhook.disabledReason }),
    ...(webhook.failingSince === null ? {} : { failingSince: isoTime(webhook.failingSince) }),
    disabledTopics: [...webhook.disabledTopics],
    disabledActions: [...webhook.disabledActions],
    successStatus: webhook.successStatus,
    retrySchedule: webhook.retrySchedule === null ? null : [...webhook.retrySchedule],
    timeoutMs: webhook.timeoutMs,
    maxConcurrency: webhook.maxConcurrency,
    rateLimit: webhook.rateLimit,
    signatureVersions: [...webhook.signatureVersions],
    ...(webhook.publicKey === null ? {} : { publicKey: webhook.publicKey }),
    ...(webhook.previousSecretsUntil === null ? {} : { previousSecretsUntil: isoTime(webhook.previousSecretsUntil) }),
    headers: webhook.headers.map(([name]): [string, string] => [name, HEADER_VALUE_MASK]),
    _createdAt: isoTime(webhook.createdAt),
    _updatedAt: isoTime(webhook.updatedAt),
    stats: webhook.stats,
  };
}

/** The JSON of a message. A content that is not there (erased, or too long for a list) is null, with its size. */
export function messageJson(message: StoredMessage): string {
  const { id, appId, appEnv, topic, action, msgNature, isTest, idempotencyKey, createdAt } = message;
  const events = message.events.map((event) => ({ _id: event.id, webhookId: event.webhookId, status: event.status }));
  return spliced({ _id: id, appId, appEnv, topic, action, msgNature }, message, {
    isTest,
    ...(idempotencyKey === null ? {} : { idempotencyKey }),
    _createdAt: isoTime(createdAt),
    events,
  });
}

/** The JSON of an event, with its attempts where they are given. */
export function eventJson(event: StoredEvent, attempts?: readonly StoredAttempt[]): string {
  const { appId, appEnv, topic, action, msgNature, lastCode, response, lastDurationMs } = event;
  return spliced(
    { _id: event.id, webhookId: event.webhookId, messageId: event.messageId, appId, appEnv, topic, action, msgNature },
    event,
    {
      isTest: event.isTest,
      status: event.status,
      attemptCount: event.attemptCount,
      retriesUsed: event.retriesUsed,
      nextAttemptAt: event.nextAttemptAt === null ? null : isoTime(event.nextAttemptAt),
      ...(lastCode === null ? {} : { lastCode }),
      ...(response === null ? {} : { response }),
      ...given("lastDurationMs", lastDurationMs),
      _createdAt: isoTime(event.createdAt),
      _updatedAt: isoTime(event.updatedAt),
      ...(attempts === undefined ? {} : { attempts: attempts.map((attempt) => attemptView(attempt, event)) }),
    },
  );
}

/** A JSON array of texts that are JSON already. */
export function jsonArray(items: readonly string[]): string {
  return `[${items.join(",")}]`;
}

type RawParts = { content: string | null; contentBytes: number; error: string | null };

/** `before`, then content and error as published, then `after`, in one object; neither of the two is empty. */
function spliced(before: object, raw: RawParts, after: object): string {
  const content = raw.content === null ? `null,"contentBytes":${raw.contentBytes}` : raw.content;
  const error = raw.error === null ? "" : `"error":${raw.error},`;
  return `${JSON.stringify(before).slice(0, -1)},"content":${content},${error}${JSON.stringify(after).slice(1)}`;
}

function attemptView(attempt: StoredAttempt, event: StoredEvent): object {
  const { timings, response, failure } = attempt;
  return {
    number: attempt.number,
    trigger: attempt.trigger,
    ...given("triggeredBy", attempt.triggeredBy),
    ...given("workerId", attempt.workerId),
    startedAt: isoTime(attempt.startedAt),
    durationMs: attempt.durationMs,
    timings: {
      queuedMs: timings.queuedMs,
      ...given("dnsMs", timings.dnsMs),
      ...given("connectMs", timings.connectMs),
      ...given("tlsMs", timings.tlsMs),
      ...given("firstByteMs", timings.firstByteMs),
      ...given("bodyMs", timings.bodyMs),
    },
    ...given("address", attempt.address),
    ...(attempt.tls === null ? {} : { tls: JSON.parse(attempt.tls) as unknown }),
    ...(attempt.tokenConsumedAt === null ? {} : { tokenConsumedAt: isoTime(attempt.tokenConsumedAt) }),
    request: { url: attempt.url, httpVersion: HTTP_VERSION, headers: attempt.requestHeaders, body: maskedBody(event) },
    ...(response === null ? {} : { response: responseView(response) }),
    ...(failure === null ? {} : { error: failure }),
  };
}

function given<Name extends string, Value>(name: Name, value: Value | null): { [name in Name]?: Value } {
  return value === null ? {} : ({ [name]: value } as { [name in Name]?: Value }); // a computed key widens to string
}

function responseView(response: NonNullable<StoredAttempt["response"]>): object {
  const { status, statusText, headers, isTruncated, bodyError } = response;
  return {
    status,
    statusText,
    headers,
    ...decodedBody(response.body, isTruncated),
    truncated: isTruncated,
    ...given("bodyError", bodyError),
  };
}

/** As text where the bytes are UTF-8 (a character that was cut in two at the end left out), else as base64. */
function decodedBody(bytes: Uint8Array, isTruncated: boolean): { body: string; bodyEncoding: "utf8" | "base64" } {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { body: decoder.decode(bytes, { stream: isTruncated }), bodyEncoding: "utf8" };
  } catch {
    return { body: Buffer.from(bytes).toString("base64"), bodyEncoding: "base64" };
  }
}
