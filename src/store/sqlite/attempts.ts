/** Attempt rows: written once, when the attempt ended, and read with the event. */
import type { HeaderPair, Trigger } from "../../domain/values.ts";
import type { FailureCode } from "../../domain/failure.ts";
import type { EventId, WorkerId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { Settlement } from "../delivery.ts";
import type { StoredAttempt } from "../history.ts";
import type { Connection } from "./connection.ts";

/** Bound by place alone: by number, each of so many parameters is searched for in the list of all. */
const INSERT_ATTEMPT = `
  insert into attempts (tenant, day, event_id, number, trigger_kind, triggered_by, started_at, duration_ms, queued_ms,
    dns_ms, connect_ms, tls_ms, first_byte_ms, body_ms, address, tls, url, request_headers, failure_code, failure_message,
    response_status, response_status_text, response_headers, response_is_truncated, response_body_error, response_body,
    worker_id)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** Which attempt of which event, why it was made, and what is kept of it. */
type EndedAttempt = Pick<Settlement, "tenant" | "eventId" | "attempt" | "trigger" | "triggeredBy" | "record">;

/** Writes the row of an attempt of this worker that has ended. Its number must be new to the event. */
export function insertAttempt(sql: Connection, workerId: WorkerId, ended: EndedAttempt): void {
  const { tenant, eventId, attempt, trigger, triggeredBy, record } = ended;
  const { timings, failure, response } = record;
  const when = [Math.round(record.startedAt), record.durationMs, timings.queuedMs, timings.dnsMs, timings.connectMs];
  const then = [timings.tlsMs, timings.firstByteMs, timings.bodyMs];
  const sent = [record.address, record.tls, record.url, record.requestHeaders];
  const failed = [failure?.code ?? null, failure?.message ?? null];
  const received =
    response === null
      ? [null, null, null, null, null, null]
      : [
          response.status,
          response.statusText,
          response.headers,
          response.isTruncated ? 1 : 0,
          response.bodyError,
          Buffer.from(response.body, "latin1"),
        ];
  const key = [tenant, idDay(eventId), eventId, attempt];
  sql.run(INSERT_ATTEMPT, ...key, trigger, triggeredBy, ...when, ...then, ...sent, ...failed, ...received, workerId);
}

type AttemptRow = {
  number: number;
  trigger_kind: Trigger;
  triggered_by: string | null;
  worker_id: WorkerId | null;
  started_at: number;
  duration_ms: number;
  queued_ms: number;
  dns_ms: number | null;
  connect_ms: number | null;
  tls_ms: number | null;
  first_byte_ms: number | null;
  body_ms: number | null;
  address: string | null;
  tls: string | null;
  url: string;
  request_headers: string;
  failure_code: FailureCode | null;
  failure_message: string | null;
  token_consumed_at: number | null;
} & (
  | { response_status: null }
  | {
      response_status: number;
      response_status_text: string;
      response_headers: string;
      response_is_truncated: number;
      response_body_error: string | null;
      response_body: Uint8Array;
    }
);

/** By the unique key; the token's row is found by its primary key. */
const LIST_ATTEMPTS = `
  select a.*, coalesce(a.token_consumed_at, c.consumed_at) as token_consumed_at
  from attempts a left join consumed_tokens c
    on c.tenant = a.tenant and c.day = a.day and c.event_id = a.event_id and c.attempt = a.number
  where a.tenant = ?1 and a.day = ?2 and a.event_id = ?3 order by a.number`;

/** The attempts of an event, oldest first. */
export function listAttempts(sql: Connection, event: { tenant: number; eventId: EventId }): StoredAttempt[] {
  return sql.all<AttemptRow>(LIST_ATTEMPTS, event.tenant, idDay(event.eventId), event.eventId).map(storedAttempt);
}

function storedAttempt(row: AttemptRow): StoredAttempt {
  return {
    number: row.number,
    trigger: row.trigger_kind,
    triggeredBy: row.triggered_by,
    workerId: row.worker_id,
    tokenConsumedAt: row.token_consumed_at,
    startedAt: row.started_at,
    durationMs: row.duration_ms,
    timings: {
      queuedMs: row.queued_ms,
      dnsMs: row.dns_ms,
      connectMs: row.connect_ms,
      tlsMs: row.tls_ms,
      firstByteMs: row.first_byte_ms,
      bodyMs: row.body_ms,
    },
    address: row.address,
    tls: row.tls,
    url: row.url,
    requestHeaders: headerPairs(row.request_headers),
    response:
      row.response_status === null
        ? null
        : {
            status: row.response_status,
            statusText: row.response_status_text,
            headers: headerPairs(row.response_headers),
            body: row.response_body,
            isTruncated: row.response_is_truncated === 1,
            bodyError: row.response_body_error,
          },
    failure:
      row.failure_code === null || row.failure_message === null
        ? null
        : { code: row.failure_code, message: row.failure_message },
  };
}

function headerPairs(json: string): HeaderPair[] {
  return JSON.parse(json) as HeaderPair[]; // written above
}
