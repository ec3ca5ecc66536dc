/** One attempt as a pipeline over one event: request → report → verdict → settlement. Nothing here throws for a receiver. */
import { assert } from "../assert.ts";
import type { Clock } from "../clock.ts";
import type { Random } from "../random.ts";
import type { BreakerSignal } from "../domain/breaker.ts";
import { bodyHead } from "../domain/body.ts";
import { parseDeliveryControl } from "../domain/delivery_control.ts";
import type { Answer, Verdict } from "../domain/event.ts";
import { judge } from "../domain/event.ts";
import type { AttemptFailure } from "../domain/failure.ts";
import { failure, isTimeout } from "../domain/failure.ts";
import { parseRetryAfterMs } from "../domain/retry.ts";
import type { SendReport, SendRequest, Sender } from "../egress/sender.ts";
import type { LeasedEvent, Settlement } from "../store/delivery.ts";
import type { DeliverySettings } from "../store/webhooks.ts";

/** The server's defaults where a webhook sets none. */
export type DeliveryDefaults = { timeoutMs: number; retrySchedule: readonly number[] };

/** What an attempt needs besides its event. */
export type AttemptDeps = { sender: Sender; clock: Clock; random: Random; defaults: DeliveryDefaults };

/** What came of it: for the store, and for the lane. */
export type AttemptResult = { settlement: Settlement; signal: BreakerSignal };

const THROTTLING = new Set([429, 502, 503, 504]);

/** Makes the attempt that `event` is leased for, with the webhook's settings of this moment. */
export async function makeAttempt(
  deps: AttemptDeps,
  leased: { event: LeasedEvent; settings: DeliverySettings },
): Promise<AttemptResult> {
  const { event, settings } = leased;
  const report = await send(deps, { ...leased, content: event.content });
  const verdict = judge(answerOf(report), {
    successStatus: settings.successStatus,
    retrySchedule: settings.retrySchedule ?? deps.defaults.retrySchedule,
    retriesUsed: event.retriesUsed,
    roll: deps.random.fraction(),
  });
  return { settlement: settlementOf({ event, settings, report, verdict }), signal: signalOf(report, verdict) };
}

async function send(
  { sender, clock, defaults }: AttemptDeps,
  { event, settings, content }: { event: LeasedEvent; settings: DeliverySettings; content: string | null },
): Promise<SendReport> {
  if (content === null) return unsent(clock.now(), { failure: failure("CONTENT_ERASED"), isOurs: false });
  if (settings.isUnreadable) {
    const reason = failure("UNSENDABLE", "what is stored of them cannot be read");
    return unsent(clock.now(), { failure: reason, isOurs: true });
  }
  return await sender.send(requestOf({ ...event, content }, settings, defaults));
}

function requestOf(
  event: LeasedEvent & { content: string },
  settings: DeliverySettings,
  defaults: DeliveryDefaults,
): SendRequest {
  assert(event.webhookId === settings.webhookId, "an attempt was given another webhook's settings");
  return {
    url: settings.url,
    appEnv: event.appEnv,
    timeoutMs: settings.timeoutMs ?? defaults.timeoutMs,
    customHeaders: settings.headers,
    secrets: settings.secrets,
    bodyHead: bodyHead(event),
    isTest: event.isTest,
    token: { tenant: event.tenant, eventId: event.id, attempt: event.attempt },
  };
}

/** The report of an event of which nothing can be sent. */
function unsent(now: number, why: { failure: AttemptFailure; isOurs: boolean }): SendReport {
  return {
    startedAt: now,
    durationMs: 0,
    timings: { dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: null, bodyMs: null },
    address: null,
    tls: null,
    requestHeaders: "[]",
    outcome: { kind: "failed", ...why },
  };
}

function answerOf(report: SendReport): Answer {
  const { outcome } = report;
  if (outcome.kind === "failed") return { kind: "failed", failure: outcome.failure };
  const endedAt = report.startedAt + report.durationMs;
  const retryAfterMs = outcome.retryAfter === null ? null : parseRetryAfterMs(outcome.retryAfter, endedAt);
  const control = outcome.deliveryControl === null ? null : parseDeliveryControl(outcome.deliveryControl);
  return { kind: "response", status: outcome.status, retryAfterMs, control };
}

function signalOf(report: SendReport, verdict: Verdict): BreakerSignal {
  if (verdict.status === "SUCCESS") return "success";
  if (report.outcome.kind === "failed") return isTimeout(report.outcome.failure.code) ? "timeout" : "failure";
  return THROTTLING.has(report.outcome.status) ? "throttled" : "failure";
}

function settlementOf(attempt: {
  event: LeasedEvent;
  settings: DeliverySettings;
  report: SendReport;
  verdict: Verdict;
}): Settlement {
  const { event, settings, report, verdict } = attempt;
  const isOurs = report.outcome.kind === "failed" && report.outcome.isOurs;
  return {
    tenant: event.tenant,
    eventId: event.id,
    webhookId: event.webhookId,
    attempt: event.attempt,
    trigger: event.trigger,
    triggeredBy: event.triggeredBy,
    isTest: event.isTest,
    status: verdict.status,
    retryInMs: verdict.status === "FAILED" ? verdict.retryInMs : null,
    code: verdict.code,
    countsAsFailing: verdict.status === "FAILED" && event.trigger === "AUTO" && !event.isTest && !isOurs,
    disableAs: verdict.status === "FAILED" && !event.isTest ? verdict.disableAs : null,
    record: {
      startedAt: report.startedAt,
      durationMs: report.durationMs,
      timings: { queuedMs: Math.max(0, report.startedAt - event.dueAt), ...report.timings },
      address: report.address,
      tls: report.tls,
      url: settings.url,
      requestHeaders: report.requestHeaders,
      response: report.outcome.kind === "response" ? responseOf(report.outcome) : null,
      failure: verdict.status === "FAILED" ? verdict.failure : null,
    },
  };
}

function responseOf(
  outcome: Extract<SendReport["outcome"], { kind: "response" }>,
): NonNullable<Settlement["record"]["response"]> {
  const { status, statusText, headers, body, isTruncated, bodyError } = outcome;
  return { status, statusText, headers, body, isTruncated, bodyError };
}
