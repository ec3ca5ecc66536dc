/**
 * What a job selects of one webhook, oldest first, and what would become of it. Counting, looking ahead and the step itself
 * ask the same question of the same rows here, so a dry run tells what a job will do.
 */
import { unreachable } from "../../assert.ts";
import type { EventStatus } from "../../domain/values.ts";
import { takes } from "../../domain/webhook.ts";
import type { EventId, JobId, MessageId } from "../../ids.ts";
import { eventIdOf, idDay, lowestIdSince, webhookNoOf } from "../../ids.ts";
import type { EventFilter } from "../history.ts";
import type { JobSelection, JobVerdict } from "../jobs.ts";
import type { Condition } from "./condition.ts";
import { allOf, numbered } from "./condition.ts";
import type { Connection } from "./connection.ts";
import { eventCondition, eventKeyset, webhookCondition } from "./event_filter.ts";
import type { JobTarget } from "./job_targets.ts";
import { dayOf, timeBounds } from "./keyset.ts";

/** What a job selects of one webhook; `jobId` is null before there is a job. */
export type PartSelection = { tenant: number; selection: JobSelection; jobId: JobId | null; target: JobTarget };

/** An event (or message) that was looked at; `verdict` is null when it is not selected. */
export type Looked = { id: string; topic: string; action: string; verdict: JobVerdict | null };

/** Rows are read so many at a time: few at first, since a part often has room for few. */
const CHUNK_MIN = 50;
const CHUNK_MAX = 1_000;

/** Some rows that were looked at, and where the next ones begin; null at the end. */
type Chunk = { looked: Looked[]; next: string | null };

/** Looks at one row after another, after the id `after` ("" for the beginning): as many as the caller takes. */
export async function* walkPart(sql: Connection, part: PartSelection, after: string): AsyncGenerator<Looked> {
  let size = CHUNK_MIN;
  for (let from: string | null = after; from !== null; size = Math.min(2 * size, CHUNK_MAX)) {
    const chunk: Chunk = await readChunk(sql, part, from, size);
    yield* chunk.looked;
    from = chunk.next;
  }
}

async function readChunk(sql: Connection, part: PartSelection, after: string, size: number): Promise<Chunk> {
  const { selection } = part;
  switch (selection.source) {
    case "FILTER":
      return await filteredChunk(sql, part, selection, { after, size });
    case "EVENTS":
      return await idsChunk(sql, part, await namedIds(sql, part, selection.eventIds, { after, size }), size);
    case "FAILURES":
      return await idsChunk(sql, part, await failedIds(sql, part, selection.jobId, { after, size }), size);
    case "MESSAGES":
      return await messageChunk(sql, part, selection, { after, size });
    default:
      return unreachable(selection);
  }
}

/**
 * Those of these events (or messages) that would be sent now, in the order of their ids. Their rows stay locked until the
 * commit, so that this stays true.
 */
export async function sendableNow(sql: Connection, part: PartSelection, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const isReplay = part.selection.source === "MESSAGES";
  const looked = isReplay
    ? await lookAtMessages(sql, part, ids)
    : await lookAtEvents(sql, part, ids, { isLocking: true });
  return looked.flatMap(({ id, verdict }) => (verdict === "queue" ? [id] : []));
}

type EventRow = {
  id: EventId;
  topic: string;
  action: string;
  status: EventStatus;
  is_leased: boolean;
  fits: boolean;
  is_erased: boolean;
};

/** Of `events e`; an event and its message have the same day. */
const EVENT_COLUMNS = `
    e.id, e.topic, e.action, e.status, e.lease_worker is not null as is_leased, m.content_bytes = 0 as is_erased`;
const JOIN_MESSAGE = `join messages m on m.tenant = e.tenant and m.day = e.day and m.id = 'msg_' || substr(e.id, 5, 22)`;

/** Events in the order of ids, of as many index ranges as there are statuses: some of each, and the first of those. */
async function filteredChunk(
  sql: Connection,
  part: PartSelection,
  selection: Extract<JobSelection, { source: "FILTER" }>,
  { after, size }: { after: string; size: number },
): Promise<Chunk> {
  const { tenant, jobId, target } = part;
  const filter = eventFilterOf(selection);
  const { lowest, before } = timeBounds("evt", filter);
  const end = jobId === null ? before : least(before, lowestIdSince("evt", jobId));
  const { segments } = eventKeyset({ tenant, webhookNo: target.webhookNo }, filter);
  if (segments.length === 0) return { looked: [], next: null };
  const from = after > lowest ? after : lowest;
  const days = [dayOf(from), dayOf(end)];
  const range = { sql: "id > ? and id < ? and day >= ? and day <= ?", values: [from, end, ...days] };
  const queries = segments.map((segment) => {
    const where = allOf([...segment.where, range]);
    return { sql: `(select * from events where ${where.sql} order by id limit ?)`, values: [...where.values, size] };
  });
  const fits = fitsOf(part);
  const text = `
    select ${EVENT_COLUMNS}, (${fits.sql}) as fits
    from (select * from (${queries.map((query) => query.sql).join(" union all ")}) as merged order by id limit ?) e
      ${JOIN_MESSAGE}
    where m.day >= ? and m.day <= ? order by e.id`;
  const values = [...fits.values, ...queries.flatMap((query) => query.values), size, ...days];
  const rows = await sql.everyDay<EventRow>(numbered(text), ...values);
  const last = rows.length === size ? rows.at(-1) : undefined;
  return { looked: rows.map((row) => lookedEvent(part, row)), next: last?.id ?? null };
}

/** By a range of the primary key. */
const NAMED_IDS = `
  select event_id as id from job_events
  where tenant = $1 and job_id = $2 and webhook_no = $3 and event_id > $4 order by event_id limit $5`;
/** By a range of job_failures_webhook. */
const FAILED_IDS = `
  select event_id as id from job_failures
  where tenant = $1 and job_id = $2 and webhook_no = $3 and event_id > $4 order by event_id limit $5`;

async function namedIds(
  sql: Connection,
  { tenant, jobId, target }: PartSelection,
  eventIds: readonly EventId[],
  { after, size }: { after: string; size: number },
): Promise<string[]> {
  if (jobId === null) {
    const own = eventIds.filter((id) => id > after && webhookNoOf(id) === target.webhookNo);
    return own.toSorted().slice(0, size);
  }
  const rows = await sql.all<{ id: string }>(NAMED_IDS, tenant, jobId, target.webhookNo, after, size);
  return rows.map(({ id }) => id);
}

async function failedIds(
  sql: Connection,
  { tenant, target }: PartSelection,
  failuresOf: JobId,
  { after, size }: { after: string; size: number },
): Promise<string[]> {
  const rows = await sql.all<{ id: string }>(FAILED_IDS, tenant, failuresOf, target.webhookNo, after, size);
  return rows.map(({ id }) => id);
}

async function idsChunk(sql: Connection, part: PartSelection, ids: readonly string[], size: number): Promise<Chunk> {
  const next = ids.length === size ? (ids.at(-1) ?? null) : null;
  return { looked: await lookAtEvents(sql, part, ids, { isLocking: false }), next };
}

/** Those of the events that are there, in the order of their ids. By the primary key, in the partitions of their days. */
async function lookAtEvents(
  sql: Connection,
  part: PartSelection,
  ids: readonly string[],
  { isLocking }: { isLocking: boolean },
): Promise<Looked[]> {
  const fits = fitsOf(part);
  const days = ids.map(idDay);
  const text = `
    select ${EVENT_COLUMNS}, (${fits.sql}) as fits
    from unnest(?::integer[], ?::text[]) as u (event_day, event_id)
      join events e on e.tenant = ? and e.day = u.event_day and e.id = u.event_id and e.day = any(?::integer[])
      ${JOIN_MESSAGE}
    where m.day = any(?::integer[]) order by e.id ${isLocking ? "for no key update of e for share of m" : ""}`;
  const distinct = [...new Set(days)];
  const values = [...fits.values, days, ids, part.tenant, distinct, distinct];
  const rows = await sql.all<EventRow>(numbered(text), ...values);
  return rows.map((row) => lookedEvent(part, row));
}

/** What an event `e` must satisfy besides its place in time. */
function fitsOf({ tenant, selection, target }: PartSelection): Condition {
  const { webhookNo } = target;
  const ofWebhook = webhookCondition({ tenant, webhookNo }, "e.");
  if (selection.source === "FILTER") return allOf([ofWebhook, eventCondition(eventFilterOf(selection), "e.")]);
  const isStillFailed = selection.source === "FAILURES" ? [{ sql: "e.status <> 'SUCCESS'", values: [] }] : [];
  return allOf([ofWebhook, ...isStillFailed]);
}

function eventFilterOf(selection: Extract<JobSelection, { source: "FILTER" }>): EventFilter {
  const { status, topic, action, code, from, to } = selection;
  const selected = { status, topic, action, code, from, to };
  return { ...selected, msgNature: null, attemptsMin: null, isTest: false, search: null };
}

function lookedEvent({ target }: PartSelection, row: EventRow): Looked {
  const { id, topic, action, status } = row;
  const verdict = (): JobVerdict => {
    if (target.isClosed) return "disabled";
    if (status === "PENDING" || row.is_leased) return "pending";
    return row.is_erased ? "erased" : "queue";
  };
  return { id, topic, action, verdict: row.fits ? verdict() : null };
}

type MessageRow = {
  id: MessageId;
  topic: string;
  action: string;
  is_test: boolean;
  is_erased: boolean;
  has_event: boolean;
};

/** Of `messages m`, with the webhook's end of an event's id; `content` is not read. */
const MESSAGE_COLUMNS = `
    m.id, m.topic, m.action, m.is_test, m.content_bytes = 0 as is_erased, exists (
      select 1 from events e where e.tenant = m.tenant and e.day = m.day and e.id = 'evt_' || substr(m.id, 5) || $1
    ) as has_event`;
/** By a range of the primary key. */
const MESSAGES_OF = `
  select ${MESSAGE_COLUMNS} from messages m
  where m.tenant = $2 and m.day >= $3 and m.day <= $5 and (m.day, m.id) > ($3, $4) and (m.day, m.id) < ($5, $6)
  order by m.day, m.id limit $7`;
/** By the primary key, in the partitions of their days. Their deletion waits, or is waited for. */
const LOCK_MESSAGES = `
  select ${MESSAGE_COLUMNS}
  from unnest($3::integer[], $4::text[]) as u (day, id)
    join messages m on m.tenant = $2 and m.day = u.day and m.id = u.id and m.day = any($5::integer[])
  order by m.id for share of m`;

async function messageChunk(
  sql: Connection,
  part: PartSelection,
  selection: Extract<JobSelection, { source: "MESSAGES" }>,
  { after, size }: { after: string; size: number },
): Promise<Chunk> {
  const { tenant, jobId, target } = part;
  const { lowest, before } = timeBounds("msg", selection);
  const end = jobId === null ? before : least(before, lowestIdSince("msg", jobId));
  const from = after > lowest ? after : lowest;
  const range = [dayOf(from), from, dayOf(end), end];
  const rows = await sql.everyDay<MessageRow>(MESSAGES_OF, eventIdEnd(target), tenant, ...range, size);
  const last = rows.length === size ? rows.at(-1) : undefined;
  return { looked: rows.map((row) => lookedMessage(part, row)), next: last?.id ?? null };
}

async function lookAtMessages(sql: Connection, part: PartSelection, ids: readonly string[]): Promise<Looked[]> {
  const days = ids.map(idDay);
  const keys = [part.tenant, days, ids, [...new Set(days)]];
  const rows = await sql.all<MessageRow>(LOCK_MESSAGES, eventIdEnd(part.target), ...keys);
  return rows.map((row) => lookedMessage(part, row));
}

/** What the ids of the webhook's events end with. */
function eventIdEnd({ webhookNo }: JobTarget): string {
  return eventIdOf("msg_" as MessageId, webhookNo).slice(4);
}

function lookedMessage({ target }: PartSelection, row: MessageRow): Looked {
  const { id, topic, action } = row;
  const verdict = (): JobVerdict => {
    if (target.isClosed) return "disabled";
    return row.is_erased ? "erased" : "queue";
  };
  const isMissed = !row.is_test && !row.has_event && takes({ ...target, isDisabled: false }, row);
  return { id, topic, action, verdict: isMissed ? verdict() : null };
}

function least(one: string, other: string): string {
  return one < other ? one : other;
}
