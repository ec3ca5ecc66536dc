/**
 * What a job selects of one webhook, oldest first, and what would become of it. Counting, looking ahead and the step itself
 * ask the same question of the same rows here, so a dry run tells what a job will do.
 */
import { unreachable } from "../../assert.ts";
import type { EventStatus } from "../../domain/values.ts";
import { takes } from "../../domain/webhook.ts";
import type { EventId, JobId, MessageId, WebhookId } from "../../ids.ts";
import { eventIdOf, idDay, lowestIdSince, webhookNoOf } from "../../ids.ts";
import type { EventFilter } from "../history.ts";
import type { JobSelection, JobVerdict } from "../jobs.ts";
import type { Connection } from "./connection.ts";
import { eventConditions, eventKeyset } from "./event_filter.ts";
import type { Condition } from "./keyset.ts";
import { allOf, timeBounds } from "./keyset.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** The webhook of a part. */
export type JobTarget = {
  webhookNo: number;
  webhookId: WebhookId;
  /** Disabled or deleted: nothing is sent to it. */
  isClosed: boolean;
  disabledTopics: readonly string[];
  disabledActions: readonly string[];
  maxConcurrency: number;
  rateLimit: number | null;
};

/** What a job selects of one webhook; `jobId` is null before there is a job. */
export type PartSelection = { tenant: number; selection: JobSelection; jobId: JobId | null; target: JobTarget };

/** An event (or message) that was looked at; `verdict` is null when it is not selected. */
export type Looked = { id: string; topic: string; action: string; verdict: JobVerdict | null };

type TargetRow = {
  no: number;
  id: WebhookId;
  is_disabled: number;
  deleted_at: number | null;
  disabled_topics: string;
  disabled_actions: string;
  max_concurrency: number;
  rate_limit: number | null;
};

/** By the primary key. */
const FIND_TARGET = `
  select no, id, is_disabled, deleted_at, disabled_topics, disabled_actions, max_concurrency, rate_limit
  from webhooks where no = ?1 and tenant = ?2`;
/** By a prefix of the primary key: the webhooks, deleted ones included, that have events. */
const COUNTED_WEBHOOKS = `
  select webhook_no from counters where tenant = ?1 and is_test = 0 and count > 0 group by webhook_no order by webhook_no`;
/** By a prefix of job_failures_webhook. */
const FAILED_WEBHOOKS = `
  select distinct webhook_no from job_failures indexed by job_failures_webhook
  where tenant = ?1 and job_id = ?2 order by webhook_no`;

/** The numbers of the webhooks that the selection may concern, ascending. Counters must be flushed. */
export function webhooksOf(sql: Connection, tenant: number, selection: JobSelection): number[] {
  const { source, webhookId } = selection;
  if (webhookId !== null) return [webhookNoFor(sql, { tenant, webhookId })].filter((no) => no !== null);
  switch (source) {
    case "FILTER":
      return sql.all<{ webhook_no: number }>(COUNTED_WEBHOOKS, tenant).map((row) => row.webhook_no);
    case "EVENTS":
      // An id may name anything: only the tenant's own webhooks count.
      return [...new Set(selection.eventIds.map(webhookNoOf))]
        .filter((webhookNo) => jobTarget(sql, tenant, webhookNo) !== null)
        .toSorted((one, other) => one - other);
    case "FAILURES":
      return sql.all<{ webhook_no: number }>(FAILED_WEBHOOKS, tenant, selection.jobId).map((row) => row.webhook_no);
    case "MESSAGES":
      throw new Error("a replay is for one webhook");
    default:
      return unreachable(source);
  }
}

/** The tenant's webhook with this number; null when it is another's, or nobody's. */
export function jobTarget(sql: Connection, tenant: number, webhookNo: number): JobTarget | null {
  const row = sql.get<TargetRow>(FIND_TARGET, webhookNo, tenant);
  if (row === undefined) return null;
  return {
    webhookNo: row.no,
    webhookId: row.id,
    isClosed: row.is_disabled === 1 || row.deleted_at !== null,
    disabledTopics: JSON.parse(row.disabled_topics) as string[], // written by us as lists of strings
    disabledActions: JSON.parse(row.disabled_actions) as string[],
    maxConcurrency: row.max_concurrency,
    rateLimit: row.rate_limit,
  };
}

/** Looks at one row after another, after the id `after` ("" for the beginning): as many as the caller takes. */
export function* walkPart(sql: Connection, part: PartSelection, after: string): Generator<Looked> {
  const { selection } = part;
  switch (selection.source) {
    case "FILTER":
      for (const row of filteredRows(sql, part, selection, after)) yield lookedEvent(sql, part, row);
      return;
    case "EVENTS":
      for (const id of namedIds(sql, part, selection.eventIds, after)) yield* lookAt(sql, part, id);
      return;
    case "FAILURES":
      for (const id of failedIds(sql, part, selection.jobId, after)) yield* lookAt(sql, part, id);
      return;
    case "MESSAGES":
      for (const row of messageRows(sql, part, selection, after)) yield lookedMessage(sql, part, row);
      return;
    default:
      unreachable(selection);
  }
}

/** What would become of this one event (or message) now; null when it is not selected, or not there. */
export function verdictNow(sql: Connection, part: PartSelection, id: string): JobVerdict | null {
  if (part.selection.source !== "MESSAGES") return lookAt(sql, part, id)[0]?.verdict ?? null;
  const row = sql.get<MessageRow>(READ_MESSAGE, part.tenant, idDay(id), id);
  return row === undefined ? null : lookedMessage(sql, part, row).verdict;
}

type EventRow = {
  id: EventId;
  topic: string;
  action: string;
  status: EventStatus;
  is_leased: number;
  fits: number;
};

const EVENT_COLUMNS = `id, topic, action, status, lease_worker is not null as is_leased`;

/** Events in the order of ids, of as many index ranges as there are statuses; they are merged without sorting. */
function filteredRows(
  sql: Connection,
  part: PartSelection,
  selection: Extract<JobSelection, { source: "FILTER" }>,
  after: string,
): Iterable<EventRow> {
  const { tenant, jobId, target } = part;
  const filter = eventFilterOf(selection);
  const { lowest, before } = timeBounds("evt", filter);
  const end = jobId === null ? before : least(before, lowestIdSince("evt", jobId));
  const { segments } = eventKeyset({ tenant, webhookNo: target.webhookNo }, filter);
  if (segments.length === 0) return [];
  const fits = fitsOf(part);
  const queries = segments.map((segment) => {
    const range = { sql: "id > ? and id < ?", values: [after > lowest ? after : lowest, end] };
    const where = allOf([...segment.where, range]);
    const text = `select ${EVENT_COLUMNS}, (${fits.sql}) as fits from ${segment.from} where ${where.sql}`;
    return { sql: text, values: [...fits.values, ...where.values] };
  });
  const text = `${queries.map((query) => query.sql).join(" union all ")} order by id`;
  return sql.iterate<EventRow>(text, ...queries.flatMap((query) => query.values));
}

/** By a range of the primary key. */
const NAMED_IDS = `
  select event_id as id from job_events
  where tenant = ?1 and job_id = ?2 and webhook_no = ?3 and event_id > ?4 order by event_id`;
/** By a range of job_failures_webhook. */
const FAILED_IDS = `
  select event_id as id from job_failures indexed by job_failures_webhook
  where tenant = ?1 and job_id = ?2 and webhook_no = ?3 and event_id > ?4 order by event_id`;

function* namedIds(
  sql: Connection,
  { tenant, jobId, target }: PartSelection,
  eventIds: readonly EventId[],
  after: string,
): Generator<string> {
  if (jobId === null) {
    const own = eventIds.filter((id) => id > after && webhookNoOf(id) === target.webhookNo);
    yield* own.toSorted();
    return;
  }
  for (const { id } of sql.iterate<{ id: string }>(NAMED_IDS, tenant, jobId, target.webhookNo, after)) yield id;
}

function* failedIds(
  sql: Connection,
  { tenant, target }: PartSelection,
  failuresOf: JobId,
  after: string,
): Generator<string> {
  for (const { id } of sql.iterate<{ id: string }>(FAILED_IDS, tenant, failuresOf, target.webhookNo, after)) yield id;
}

/** The event by the primary key; nothing where it is not there. */
function lookAt(sql: Connection, part: PartSelection, id: string): Looked[] {
  const fits = fitsOf(part);
  const text = `select ${EVENT_COLUMNS}, (${fits.sql}) as fits from events where tenant = ? and day = ? and id = ?`;
  const row = sql.get<EventRow>(text, ...fits.values, part.tenant, idDay(id), id);
  return row === undefined ? [] : [lookedEvent(sql, part, row)];
}

/** What an event must satisfy besides its place in time. */
function fitsOf({ tenant, selection, target }: PartSelection): Condition {
  const { webhookNo } = target;
  if (selection.source === "FILTER") return allOf(eventConditions({ tenant, webhookNo }, eventFilterOf(selection)));
  const isStillFailed = selection.source === "FAILURES" ? [{ sql: "status <> 'SUCCESS'", values: [] }] : [];
  return allOf([{ sql: "webhook_no = ?", values: [webhookNo] }, ...isStillFailed]);
}

function eventFilterOf(selection: Extract<JobSelection, { source: "FILTER" }>): EventFilter {
  const { status, topic, action, code, from, to } = selection;
  const selected = { status, topic, action, code, from, to };
  return { ...selected, msgNature: null, attemptsMin: null, isTest: false, search: null };
}

/** By the unique key. An event and its message have the same day. */
const IS_ERASED = `
  select content_bytes = 0 as is_erased from messages
  where tenant = ?1 and day = ?2 and id = 'msg_' || substr(?3, 5, 22)`;

function lookedEvent(sql: Connection, { tenant, target }: PartSelection, row: EventRow): Looked {
  const { id, topic, action, status } = row;
  const verdict = (): JobVerdict => {
    if (target.isClosed) return "disabled";
    if (status === "PENDING" || row.is_leased === 1) return "pending";
    return sql.get<{ is_erased: number }>(IS_ERASED, tenant, idDay(id), id)?.is_erased === 1 ? "erased" : "queue";
  };
  return { id, topic, action, verdict: row.fits === 1 ? verdict() : null };
}

type MessageRow = { id: MessageId; topic: string; action: string; is_test: number; is_erased: number };

/** `content` is not read. */
const MESSAGES = `select id, topic, action, is_test, content_bytes = 0 as is_erased from messages`;
/** By a range of the unique key. */
const MESSAGES_OF = `${MESSAGES} where tenant = ?1 and (day, id) > (?2, ?3) and (day, id) < (?4, ?5) order by day, id`;
/** By the unique key. */
const READ_MESSAGE = `${MESSAGES} where tenant = ?1 and day = ?2 and id = ?3`;
/** By the primary key. */
const HAS_EVENT = `select 1 from events where tenant = ?1 and day = ?2 and id = ?3`;

function messageRows(
  sql: Connection,
  { tenant, jobId }: PartSelection,
  selection: Extract<JobSelection, { source: "MESSAGES" }>,
  after: string,
): Iterable<MessageRow> {
  const { lowest, before } = timeBounds("msg", selection);
  const end = jobId === null ? before : least(before, lowestIdSince("msg", jobId));
  const begin = after > lowest ? after : lowest;
  return sql.iterate<MessageRow>(MESSAGES_OF, tenant, idDay(begin), begin, idDay(end), end);
}

function lookedMessage(sql: Connection, { tenant, target }: PartSelection, row: MessageRow): Looked {
  const { id, topic, action } = row;
  const hasEvent = (): boolean => sql.get(HAS_EVENT, tenant, idDay(id), eventIdOf(id, target.webhookNo)) !== undefined;
  const verdict = (): JobVerdict => {
    if (target.isClosed) return "disabled";
    return row.is_erased === 1 ? "erased" : "queue";
  };
  const isMissed = row.is_test === 0 && takes({ ...target, isDisabled: false }, row) && !hasEvent();
  return { id, topic, action, verdict: isMissed ? verdict() : null };
}

function least(one: string, other: string): string {
  return one < other ? one : other;
}
