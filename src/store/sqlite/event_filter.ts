/** The filter of event lists as index ranges and conditions. */
import { EVENT_STATUSES } from "../../domain/values.ts";
import type { EventStatus } from "../../domain/values.ts";
import type { EventFilter, MessageFilter } from "../history.ts";
import type { Condition, Keyset, Segment } from "./keyset.ts";

/** Which events of which tenant, or of one of its webhooks. */
export type EventScope = { tenant: number; webhookNo: number | null };

/**
 * Every segment is in the order of ids: its index has the id right after the columns that `where` fixes. There is none for
 * what cannot be, such as a success with the code 503.
 */
export function eventKeyset(scope: EventScope, filter: EventFilter): Keyset {
  const { status, code } = filter;
  const statuses = (status === null ? EVENT_STATUSES : [status]).filter((one) => one !== "SUCCESS" || canSucceed(code));
  const isClass = code !== null && isCodeClass(code);
  // An exact code of failed events has an index of its own, which alone keeps rare codes in a long history fast.
  const segments = statuses.map((one) =>
    one === "FAILED" && code !== null && !isClass ? failedCodeSegment(scope, code) : statusSegment(scope, one),
  );
  return {
    segments,
    unserved: rowConditions(filter),
    order: "id desc",
    between: ({ lowest, before }) => ({ sql: "id >= ? and id < ?", values: [lowest, before] }),
  };
}

/** All conditions of the filter but times and search, for rows that were found otherwise. */
export function eventConditions(scope: EventScope, filter: EventFilter): Condition[] {
  const conditions = rowConditions(filter);
  if (scope.webhookNo !== null) conditions.push({ sql: "webhook_no = ?", values: [scope.webhookNo] });
  if (filter.status !== null) conditions.push({ sql: "status = ?", values: [filter.status] });
  return conditions;
}

/** What messages are asked besides their place in time. */
export function messageConditions(filter: MessageFilter): Condition[] {
  return [...sharedConditions(filter), ...natureConditions("msg_nature", filter)];
}

/**
 * The nature of a row of events, which its message alone has: events repeat what most lists ask for, and a publish writes
 * many of them. By the unique key, and last, for those that all other conditions let through.
 */
const NATURE_OF_EVENT = `
  (select m.msg_nature from messages m
    where m.tenant = events.tenant and m.day = events.day and m.id = 'msg_' || substr(events.id, 5, 22))`;

/** What events are asked that no index serves. */
function rowConditions(filter: EventFilter): Condition[] {
  const own = [...sharedConditions(filter), ...codeConditions(filter.code), ...attemptConditions(filter)];
  return [...own, ...natureConditions(NATURE_OF_EVENT, filter)];
}

function natureConditions(nature: string, { msgNature }: MessageFilter): Condition[] {
  return msgNature === null ? [] : [{ sql: `${nature} = ?`, values: [msgNature] }];
}

/** By columns that messages and events both have. */
function sharedConditions(filter: MessageFilter): Condition[] {
  const conditions: Condition[] = [];
  if (filter.topic !== null) conditions.push({ sql: "topic = ?", values: [filter.topic] });
  if (filter.action !== null) conditions.push({ sql: "action = ?", values: [filter.action] });
  if (filter.isTest !== null) conditions.push({ sql: "is_test = ?", values: [filter.isTest ? 1 : 0] });
  return conditions;
}

/** Whether the filter asks for nothing that the counters do not know. */
export function isCounted(filter: EventFilter): boolean {
  const { topic, action, msgNature, from, to, code, attemptsMin, search } = filter;
  return [topic, action, msgNature, from, to, code, attemptsMin, search].every((condition) => condition === null);
}

function statusSegment({ tenant, webhookNo }: EventScope, status: EventStatus): Segment {
  return webhookNo === null
    ? {
        from: "events indexed by events_by_status",
        where: [{ sql: "tenant = ? and status = ?", values: [tenant, status] }],
      }
    : {
        from: "events indexed by events_by_webhook",
        where: [{ sql: "tenant = ? and webhook_no = ? and status = ?", values: [tenant, webhookNo, status] }],
      };
}

/** The status is spelled out, for these indexes are partial. */
function failedCodeSegment({ tenant, webhookNo }: EventScope, code: string): Segment {
  return webhookNo === null
    ? {
        from: "events indexed by events_failed_code",
        where: [{ sql: "tenant = ? and status = 'FAILED' and last_code = ?", values: [tenant, code] }],
      }
    : {
        from: "events indexed by events_failed_webhook_code",
        where: [
          {
            sql: "tenant = ? and webhook_no = ? and status = 'FAILED' and last_code = ?",
            values: [tenant, webhookNo, code],
          },
        ],
      };
}

function codeConditions(code: string | null): Condition[] {
  if (code === null) return [];
  if (!isCodeClass(code)) return [{ sql: "last_code = ?", values: [code] }];
  return [{ sql: "last_code between ? and ?", values: [`${code.charAt(0)}00`, `${code.charAt(0)}99`] }];
}

function attemptConditions({ attemptsMin }: EventFilter): Condition[] {
  return attemptsMin === null ? [] : [{ sql: "attempt_count >= ?", values: [attemptsMin] }];
}

function isCodeClass(code: string): boolean {
  return /^[1-5]xx$/.test(code);
}

/** Only an answer with a 2xx can have been a success. */
function canSucceed(code: string | null): boolean {
  return code === null || code.startsWith("2");
}
