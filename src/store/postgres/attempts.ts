/** Attempt rows: written once, when the attempt ended, and read with the event. */
import type { HeaderPair, Trigger } from "../../domain/values.ts";
import type { FailureCode } from "../../domain/failure.ts";
import type { EventId, WorkerId } from "../../ids.ts";
import { idDay } from "../../ids.ts";
import type { Settlement } from "../delivery.ts";
import type { StoredAttempt } from "../history.ts";
import type { Connection } from "./connection.ts";

/** The arrays in the select list are read side by side, without being put aside as in a `from`. */
const INSERT_ATTEMPTS = `
  insert into attempts (tenant, day, event_id, number, trigger_kind, triggered_by, started_at, duration_ms, queued_ms,
    dns_ms, connect_ms, tls_ms, first_byte_ms, body_ms, address, tls, url, request_headers, failure_code, failure_message,
    response_status, response_status_text, response_headers, response_is_truncated, response_body_error, response_body,
    worker_id)
  select unnest($1::integer[]), unnest($2::integer[]), unnest($3::text[]), unnest($4::integer[]), unnest($5::text[]),
    unnest($6::text[]), unnest($7::bigint[]), unnest($8::float8[]), unnest($9::float8[]), unnest($10::float8[]),
    unnest($11::float8[]), unnest($12::float8[]), unnest($13::float8[]), unnest($14::float8[]), unnest($15::text[]),
    unnest($16::text[]), unnest($17::text[]), unnest($18::text[]), unnest($19::text[]), unnest($20::text[]),
    unnest($21::integer[]), unnest($22::text[]), unnest($23::text[]), unnest($24::boolean[]), unnest($25::text[]),
    unnest($26::bytea[]), unnest($27::text[])`;

/** An attempt that has ended: who made it, of which event, why, and what is kept of it. */
type EndedAttempt = {
  workerId: WorkerId;
  settlement: Pick<Settlement, "tenant" | "eventId" | "attempt" | "trigger" | "triggeredBy" | "record">;
};

/** Writes the rows of attempts that have ended. Each number must be new to its event. */
export async function insertAttempts(sql: Connection, ended: readonly EndedAttempt[]): Promise<void> {
  if (ended.length === 0) return;
  const attempts = ended.map(({ settlement }) => settlement);
  const records = attempts.map(({ record }) => record);
  const responses = records.map(({ response }) => response);
  await sql.run(
    INSERT_ATTEMPTS,
    attempts.map(({ tenant }) => tenant),
    attempts.map(({ eventId }) => idDay(eventId)),
    attempts.map(({ eventId }) => eventId),
    attempts.map(({ attempt }) => attempt),
    attempts.map(({ trigger }) => trigger),
    attempts.map(({ triggeredBy }) => triggeredBy),
    records.map(({ startedAt }) => Math.round(startedAt)),
    records.map(({ durationMs }) => durationMs),
    records.map(({ timings }) => timings.queuedMs),
    records.map(({ timings }) => timings.dnsMs),
    records.map(({ timings }) => timings.connectMs),
    records.map(({ timings }) => timings.tlsMs),
    records.map(({ timings }) => timings.firstByteMs),
    records.map(({ timings }) => timings.bodyMs),
    records.map(({ address }) => address),
    records.map(({ tls }) => tls),
    records.map(({ url }) => url),
    records.map(({ requestHeaders }) => requestHeaders),
    records.map(({ failure }) => failure?.code ?? null),
    records.map(({ failure }) => failure?.message ?? null),
    responses.map((response) => response?.status ?? null),
    responses.map((response) => response?.statusText ?? null),
    responses.map((response) => response?.headers ?? null),
    responses.map((response) => response?.isTruncated ?? null),
    responses.map((response) => response?.bodyError ?? null),
    responses.map((response) => (response === null ? null : Buffer.from(response.body, "latin1"))),
    ended.map(({ workerId }) => workerId),
  );
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
      response_is_truncated: boolean;
      response_body_error: string | null;
      response_body: Uint8Array;
    }
);

/** By the unique key; the token's row is found by its primary key. */
const LIST_ATTEMPTS = `
  select a.number, a.trigger_kind, a.triggered_by, a.started_at, a.duration_ms, a.queued_ms, a.dns_ms, a.connect_ms, a.tls_ms,
    a.first_byte_ms, a.body_ms, a.address, a.tls, a.url, a.request_headers, a.failure_code, a.failure_message,
    a.response_status, a.response_status_text, a.response_headers, a.response_is_truncated, a.response_body_error,
    a.response_body, a.worker_id, coalesce(a.token_consumed_at, c.consumed_at) as token_consumed_at
  from attempts a left join consumed_tokens c
    on c.tenant = a.tenant and c.day = a.day and c.event_id = a.event_id and c.attempt = a.number
  where a.tenant = $1 and a.day = $2 and a.event_id = $3 order by a.number`;

/** The attempts of an event, oldest first. */
export async function listAttempts(
  sql: Connection,
  event: { tenant: number; eventId: EventId },
): Promise<StoredAttempt[]> {
  const rows = await sql.all<AttemptRow>(LIST_ATTEMPTS, event.tenant, idDay(event.eventId), event.eventId);
  return rows.map(storedAttempt);
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
            isTruncated: row.response_is_truncated,
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
