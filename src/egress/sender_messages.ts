/**
 * What crosses the boundary of the sender's thread: requests and reports in batches, one batch for each turn of an event
 * loop. Both cross as lists of their values: copying an object costs three times as much and more, for its names.
 */
import type { SendReport, SendRequest } from "./sender.ts";

/** A request under the number by which its report is told from others. */
export type NumberedRequest = { number: number; request: SendRequest };
export type NumberedReport = { number: number; report: SendReport };

/** To the thread. */
export type RequestBatch = PackedRequest[];
type PackedRequest = [
  number: number,
  url: SendRequest["url"],
  appEnv: SendRequest["appEnv"],
  timeoutMs: number,
  customHeaders: SendRequest["customHeaders"],
  secrets: SendRequest["secrets"],
  bodyHead: string,
  isTest: boolean,
  tenant: SendRequest["token"]["tenant"],
  eventId: SendRequest["token"]["eventId"],
  attempt: number,
];

type Timings = SendReport["timings"];
type Response = Extract<SendReport["outcome"], { kind: "response" }>;
type Failed = Extract<SendReport["outcome"], { kind: "failed" }>;

/** What every report has, then the values of its outcome: of a response, or of a failure, which are fewer. */
type PackedReport = [
  number: number,
  startedAt: number,
  durationMs: number,
  dnsMs: Timings["dnsMs"],
  connectMs: Timings["connectMs"],
  tlsMs: Timings["tlsMs"],
  firstByteMs: Timings["firstByteMs"],
  bodyMs: Timings["bodyMs"],
  address: string | null,
  tls: string | null,
  requestHeaders: string,
  outcome: PackedOutcome,
];
type PackedOutcome =
  | [
      status: number,
      statusText: string,
      headers: string,
      body: string,
      isTruncated: boolean,
      bodyError: string | null,
      retryAfter: string | null,
      deliveryControl: string | null,
    ]
  | [failure: Failed["failure"], isOurs: boolean];

/** From the thread: once that it is ready, then reports. */
export type ThreadMessage = { kind: "ready" } | { kind: "reports"; reports: PackedReport[] };

/** The message of these requests. */
export function packRequests(requests: readonly NumberedRequest[]): RequestBatch {
  return requests.map(({ number, request }) => {
    const { url, appEnv, timeoutMs, customHeaders, secrets, bodyHead, isTest, token } = request;
    const { tenant, eventId, attempt } = token;
    return [number, url, appEnv, timeoutMs, customHeaders, secrets, bodyHead, isTest, tenant, eventId, attempt];
  });
}

/** The requests of a message. */
export function unpackRequests(batch: RequestBatch): NumberedRequest[] {
  return batch.map((values) => {
    const [number, url, appEnv, timeoutMs, customHeaders, secrets, bodyHead, isTest, tenant, eventId, attempt] = values;
    const token = { tenant, eventId, attempt };
    return { number, request: { url, appEnv, timeoutMs, customHeaders, secrets, bodyHead, isTest, token } };
  });
}

/** The message of these reports. */
export function packReports(reports: readonly NumberedReport[]): ThreadMessage {
  return { kind: "reports", reports: reports.map(packed) };
}

/** The reports of a message. */
export function unpackReports(message: Extract<ThreadMessage, { kind: "reports" }>): NumberedReport[] {
  return message.reports.map(unpacked);
}

function packed({ number, report }: NumberedReport): PackedReport {
  const { startedAt, durationMs, timings, address, tls, requestHeaders, outcome } = report;
  const { dnsMs, connectMs, tlsMs, firstByteMs, bodyMs } = timings;
  return [
    number,
    startedAt,
    durationMs,
    dnsMs,
    connectMs,
    tlsMs,
    firstByteMs,
    bodyMs,
    address,
    tls,
    requestHeaders,
    packedOutcome(outcome),
  ];
}

function packedOutcome(outcome: SendReport["outcome"]): PackedOutcome {
  if (outcome.kind === "failed") return [outcome.failure, outcome.isOurs];
  const { status, statusText, headers, body, isTruncated, bodyError, retryAfter, deliveryControl } = outcome;
  return [status, statusText, headers, body, isTruncated, bodyError, retryAfter, deliveryControl];
}

function unpacked(values: PackedReport): NumberedReport {
  const [number, startedAt, durationMs, dnsMs, connectMs, tlsMs, firstByteMs, bodyMs, address, tls] = values;
  const timings = { dnsMs, connectMs, tlsMs, firstByteMs, bodyMs };
  const outcome = unpackedOutcome(values[11]);
  return { number, report: { startedAt, durationMs, timings, address, tls, requestHeaders: values[10], outcome } };
}

function unpackedOutcome(values: PackedOutcome): Response | Failed {
  if (values.length === 2) return { kind: "failed", failure: values[0], isOurs: values[1] };
  const [status, statusText, headers, body, isTruncated, bodyError, retryAfter, deliveryControl] = values;
  return {
    kind: "response",
    status,
    statusText,
    headers,
    body,
    isTruncated,
    bodyError,
    retryAfter,
    deliveryControl,
  };
}
