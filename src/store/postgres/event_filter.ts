/** The filter of event lists as index ranges and conditions. */
import { unreachable } from "../../assert.ts";
import { EVENT_STATUSES } from "../../domain/values.ts";
import type { EventStatus } from "../../domain/values.ts";
import type { EventFilter, MessageFilter } from "../history.ts";
import type { Condition } from "./condition.ts";
import { allOf } from "./condition.ts";
import type { Keyset, Segment } from "./keyset.ts";
import { byId, byPrimaryKey, LOOKED_ROWS_MAX, LOOKED_WITH_MESSAGE_MAX } from "./keyset.ts";

/** Which events of which tenant, or of one of its webhooks. */
export type EventScope = { tenant: number; webhookNo: number | null };

/** What {@link messageCondition} and {@link eventCondition} ask about. */
const MESSAGE_COLUMNS = "topic, action, is_test";
const EVENT_COLUMNS = `${MESSAGE_COLUMNS}, status, last_code, attempt_count`;
/**
 * The nature of a row of events, which its message alone has: events repeat what most lists ask for, and a publish writes
 * many of them. By the primary key, in the partition of its day.
 */
export const NATURE_OF_EVENT = `
  (select n.msg_nature from messages n
    where n.tenant = events.tenant and n.day = events.day and n.id = 'msg_' || substr(events.id, 5, 22))`;

/**
 * Every segment is in the order of ids: its index has the id right after the columns that `where` fixes. There is none for
 * what cannot be, such as a success with the code 503. Successes of all webhooks have no range of their own: they are most of
 * what there is, so they are looked for among all events of the tenant.
 */
export function eventKeyset(scope: EventScope, filter: EventFilter): Keyset {
  const { status, code } = filter;
  const statuses = (status === null ? EVENT_STATUSES : [status]).filter((one) => one !== "SUCCESS" || canSucceed(code));
  const isAmongAll = scope.webhookNo === null && statuses.includes("SUCCESS");
  const segments = isAmongAll
    ? [byPrimaryKey([{ sql: "tenant = ?", values: [scope.tenant] }])]
    : statuses.flatMap((one) => statusSegments(scope, one, code));
  const isServed = isServedByCode(filter) || (code === null && (status === null || !isAmongAll));
  if (isServed && isPlain(filter)) return { from: "events", segments, unserved: null };
  const condition = allOf([eventCondition(filter), ...natureConditions("msg_nature", filter)]);
  const unserved =
    filter.msgNature === null
      ? { condition, columns: EVENT_COLUMNS, rowsMax: LOOKED_ROWS_MAX }
      : { condition, columns: `${EVENT_COLUMNS}, ${NATURE_OF_EVENT} as msg_nature`, rowsMax: LOOKED_WITH_MESSAGE_MAX };
  return { from: "events", segments, unserved };
}

/** The messages of a tenant that the filter lets through, by the primary key. */
export function messageKeyset(tenant: number, filter: MessageFilter): Keyset {
  const segments = [byPrimaryKey([{ sql: "tenant = ?", values: [tenant] }])];
  const { topic, action, isTest, msgNature } = filter;
  if ([topic, action, isTest, msgNature].every((condition) => condition === null))
    return { from: "messages", segments, unserved: null };
  const unserved = {
    condition: messageCondition(filter),
    columns: `${MESSAGE_COLUMNS}, msg_nature`,
    rowsMax: LOOKED_ROWS_MAX,
  };
  return { from: "messages", segments, unserved };
}

/**
 * All conditions of the filter but times, search and nature, on rows that go by the name `row`, such as `e.`. The text is
 * the same for every filter.
 */
export function eventCondition(filter: EventFilter, row = ""): Condition {
  const { status, code, attemptsMin } = filter;
  const [from, to] = codeRange(code);
  return allOf([
    sharedCondition(filter, row),
    { sql: `(?::text is null or ${row}status = ?)`, values: [status, status] },
    { sql: `(?::text is null or ${row}last_code between ? and ?)`, values: [from, from, to] },
    { sql: `(?::integer is null or ${row}attempt_count >= ?)`, values: [attemptsMin, attemptsMin] },
  ]);
}

/** All conditions of the filter but times and search, on rows of messages. */
export function messageCondition(filter: MessageFilter): Condition {
  return allOf([sharedCondition(filter, ""), ...natureConditions("msg_nature", filter)]);
}

/** `nature` is where the row has it: {@link NATURE_OF_EVENT}, or a column. No condition where none is asked for. */
export function natureConditions(nature: string, { msgNature }: MessageFilter): Condition[] {
  return msgNature === null ? [] : [{ sql: `${nature} = ?`, values: [msgNature] }];
}

/** By columns that messages and events both have; see {@link eventCondition}. */
function sharedCondition({ topic, action, isTest }: MessageFilter, row: string): Condition {
  return allOf([
    { sql: `(?::text is null or ${row}topic = ?)`, values: [topic, topic] },
    { sql: `(?::text is null or ${row}action = ?)`, values: [action, action] },
    { sql: `(?::boolean is null or ${row}is_test = ?)`, values: [isTest, isTest] },
  ]);
}

/** Limits rows, which go by the name `row`, to those of the webhook, if there is one. */
export function webhookCondition({ webhookNo }: EventScope, row = ""): Condition {
  return { sql: `(?::integer is null or ${row}webhook_no = ?)`, values: [webhookNo, webhookNo] };
}

/** Whether the filter asks for nothing that the counters do not know. */
export function isCounted(filter: EventFilter): boolean {
  const { topic, action, msgNature, from, to, code, attemptsMin, search } = filter;
  return [topic, action, msgNature, from, to, code, attemptsMin, search].every((condition) => condition === null);
}

/**
 * By events_settled or events_failed, or the two indexes on the code of failed events, which alone keep rare codes in a long
 * history fast; by events_pending or events_pending_webhook, and events_leased. Conditions that these indexes are limited
 * by are spelled out.
 */
function statusSegments({ tenant, webhookNo }: EventScope, status: EventStatus, code: string | null): Segment[] {
  const own: Condition =
    webhookNo === null
      ? { sql: "tenant = ?", values: [tenant] }
      : { sql: "tenant = ? and webhook_no = ?", values: [tenant, webhookNo] };
  const where = (sql: string, ...values: string[]): Segment => byId([own, { sql, values }]);
  switch (status) {
    case "SUCCESS":
      return [where("status = 'SUCCESS'")];
    case "FAILED":
      if (code !== null && !isCodeClass(code)) return [where("status = 'FAILED' and last_code = ?", code)];
      // As a value, it does not lead a plan for any value to events_failed, which knows no webhooks.
      return [webhookNo === null ? where("status = 'FAILED'") : where("status = ? and status <> 'PENDING'", "FAILED")];
    case "PENDING":
      return [
        where("status = 'PENDING' and lease_worker is null"),
        where("status = 'PENDING' and lease_worker is not null"),
      ];
    default:
      return unreachable(status);
  }
}

/** Whether the filter asks for nothing but a status and a code. */
function isPlain({ topic, action, msgNature, isTest, attemptsMin }: EventFilter): boolean {
  return [topic, action, msgNature, isTest, attemptsMin].every((condition) => condition === null);
}

/** Whether the indexes on the code of failed events have just what is asked for. */
function isServedByCode({ status, code }: EventFilter): boolean {
  return status === "FAILED" && code !== null && !isCodeClass(code);
}

/** From which to which code; nulls for all. */
function codeRange(code: string | null): [from: string | null, to: string | null] {
  if (code === null || !isCodeClass(code)) return [code, code];
  return [`${code.charAt(0)}00`, `${code.charAt(0)}99`];
}

function isCodeClass(code: string): boolean {
  return /^[1-5]xx$/.test(code);
}

/** Only an answer with a 2xx can have been a success. */
function canSucceed(code: string | null): boolean {
  return code === null || code.startsWith("2");
}
