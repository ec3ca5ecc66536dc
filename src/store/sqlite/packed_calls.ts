/**
 * Calls on their way to the writer's thread, and what comes back. What there is of each message and of each attempt crosses
 * as lists of values: copying an object costs three times as much and more, for its names.
 */
import type { PublishResult, Settlement } from "../delivery.ts";
import type { Outcome } from "./failure.ts";
import type { Call, Params, WriteMethod } from "./methods.ts";
import type { PackedPublish, PackedResult } from "./packed_publishes.ts";
import { packPublish, packResult, unpackPublish, unpackResult } from "./packed_publishes.ts";

type SettleParams = Params<"settleAttempts">;
type PackedParams = Omit<SettleParams, "settlements"> & { settlements: PackedSettlement[] };
type AttemptRecord = Settlement["record"];
type Timings = AttemptRecord["timings"];
type Response = NonNullable<AttemptRecord["response"]>;

type PackedSettlement = [
  tenant: Settlement["tenant"],
  eventId: Settlement["eventId"],
  webhookId: Settlement["webhookId"],
  attempt: Settlement["attempt"],
  trigger: Settlement["trigger"],
  triggeredBy: Settlement["triggeredBy"],
  isTest: Settlement["isTest"],
  status: Settlement["status"],
  retryInMs: Settlement["retryInMs"],
  code: Settlement["code"],
  countsAsFailing: Settlement["countsAsFailing"],
  disableAs: Settlement["disableAs"],
  startedAt: AttemptRecord["startedAt"],
  durationMs: AttemptRecord["durationMs"],
  queuedMs: Timings["queuedMs"],
  dnsMs: Timings["dnsMs"],
  connectMs: Timings["connectMs"],
  tlsMs: Timings["tlsMs"],
  firstByteMs: Timings["firstByteMs"],
  bodyMs: Timings["bodyMs"],
  address: AttemptRecord["address"],
  tls: AttemptRecord["tls"],
  url: AttemptRecord["url"],
  requestHeaders: AttemptRecord["requestHeaders"],
  response: PackedResponse | null,
  failure: AttemptRecord["failure"],
];
type PackedResponse = [
  status: Response["status"],
  statusText: Response["statusText"],
  headers: Response["headers"],
  body: Response["body"],
  isTruncated: Response["isTruncated"],
  bodyError: Response["bodyError"],
];

/** The call as it crosses; the rest is shared with the original. */
export function packCall(call: Call<WriteMethod>): Call<WriteMethod> {
  switch (call.method) {
    case "settleAttempts": {
      const params = call.params as SettleParams; // by its method
      return { method: call.method, params: { ...params, settlements: params.settlements.map(packed) } };
    }
    case "publish":
      return { method: call.method, params: packPublish(call.params as Params<"publish">) }; // by its method
    default:
      return call;
  }
}

/** The call as it was. */
export function unpackCall(call: Call<WriteMethod>): Call<WriteMethod> {
  switch (call.method) {
    case "settleAttempts": {
      const params = call.params as PackedParams; // by packCall
      return { method: call.method, params: { ...params, settlements: params.settlements.map(unpacked) } };
    }
    case "publish":
      return { method: call.method, params: unpackPublish(call.params as PackedPublish) }; // by packCall
    default:
      return call;
  }
}

/** The outcomes of these calls as they cross back. */
export function packOutcomes(calls: readonly Call<WriteMethod>[], outcomes: readonly Outcome[]): Outcome[] {
  return changedOutcomes(calls, outcomes, (value) => packResult(value as PublishResult)); // by the method
}

/** The outcomes as they were. */
export function unpackOutcomes(calls: readonly Call<WriteMethod>[], outcomes: readonly Outcome[]): Outcome[] {
  return changedOutcomes(calls, outcomes, (value) => unpackResult(value as PackedResult)); // by packOutcomes
}

/** Those of publishes changed, the others as they are. */
function changedOutcomes(
  calls: readonly Call<WriteMethod>[],
  outcomes: readonly Outcome[],
  change: (value: unknown) => unknown,
): Outcome[] {
  return outcomes.map((outcome, at) =>
    outcome.ok && calls[at]?.method === "publish" ? { ok: true, value: change(outcome.value) } : outcome,
  );
}

function packed(settlement: Settlement): PackedSettlement {
  const { record } = settlement;
  const { timings, response } = record;
  return [
    settlement.tenant,
    settlement.eventId,
    settlement.webhookId,
    settlement.attempt,
    settlement.trigger,
    settlement.triggeredBy,
    settlement.isTest,
    settlement.status,
    settlement.retryInMs,
    settlement.code,
    settlement.countsAsFailing,
    settlement.disableAs,
    record.startedAt,
    record.durationMs,
    timings.queuedMs,
    timings.dnsMs,
    timings.connectMs,
    timings.tlsMs,
    timings.firstByteMs,
    timings.bodyMs,
    record.address,
    record.tls,
    record.url,
    record.requestHeaders,
    response === null ? null : packedResponse(response),
    record.failure,
  ];
}

function packedResponse({ status, statusText, headers, body, isTruncated, bodyError }: Response): PackedResponse {
  return [status, statusText, headers, body, isTruncated, bodyError];
}

function unpacked(values: PackedSettlement): Settlement {
  const response = values[24];
  return {
    tenant: values[0],
    eventId: values[1],
    webhookId: values[2],
    attempt: values[3],
    trigger: values[4],
    triggeredBy: values[5],
    isTest: values[6],
    status: values[7],
    retryInMs: values[8],
    code: values[9],
    countsAsFailing: values[10],
    disableAs: values[11],
    record: {
      startedAt: values[12],
      durationMs: values[13],
      timings: {
        queuedMs: values[14],
        dnsMs: values[15],
        connectMs: values[16],
        tlsMs: values[17],
        firstByteMs: values[18],
        bodyMs: values[19],
      },
      address: values[20],
      tls: values[21],
      url: values[22],
      requestHeaders: values[23],
      response: response === null ? null : unpackedResponse(response),
      failure: values[25],
    },
  };
}

function unpackedResponse([status, statusText, headers, body, isTruncated, bodyError]: PackedResponse): Response {
  return { status, statusText, headers, body, isTruncated, bodyError };
}
