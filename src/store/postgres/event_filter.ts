/** The filter of event lists as index ranges and conditions. */
import { unreachable } from "../../assert.ts";
import { EVENT_STATUSES } from "../../domain/values.ts";
import type { EventStatus } from "../../domain/values.ts";
import type { EventFilter, MessageFilter } from "../history.ts";
import type { Condition } from "./condition.ts";
import type { Keyset, Segment } from "./keyset.ts";
import { byId, byPrimaryKey } from "./keyset.ts";

/** Which events of which tenant, or of one of its webhooks. */
export type EventScope = { tenant: number; webhookNo: number | null };

/**
 * Every segment is in the order of ids: its index has the id right after the columns that `where` fixes. There is none for
 * what cannot be, such as a success with the code 503. Successes of all webhooks have no range of their own: they are most of
 * what there is, so they are looked for among all events of the tenant.
 */
export function eventKeyset(scope: EventScope, filter: EventFilter): Keyset {
  const { status, code } = filter;
  const statuses = (status === null ? EVENT_STATUSES : [status]).filter((one) => one !== "SUCCESS" || canSucceed(code));
  const unserved = [...messageConditions(filter), ...codeConditions(code), ...attemptConditions(filter)];
  if (scope.webhookNo === null && statuses.includes("SUCCESS")) {
    const segments = [byPrimaryKey([{ sql: "tenant = ?", values: [scope.tenant] }])];
    const ofStatus = status === null ? [] : [{ sql: "status = ?", values: [status] }];
    return { from: "events", segments, unserved: [...unserved, ...ofStatus] };
  }
  return { from: "events", segments: statuses.flatMap((one) => statusSegments(scope, one, code)), unserved };
}

/** All conditions of the filter but times and search, for rows that were found otherwise. */
export function eventConditions(scope: EventScope, filter: EventFilter): Condition[] {
  const conditions = [...messageConditions(filter), ...codeConditions(filter.code), ...attemptConditions(filter)];
  if (scope.webhookNo !== null) conditions.push({ sql: "webhook_no = ?", values: [scope.webhookNo] });
  if (filter.status !== null) conditions.push({ sql: "status = ?", values: [filter.status] });
  return conditions;
}

/** The conditions that messages and events share. */
export function messageConditions(filter: MessageFilter): Condition[] {
  const conditions: Condition[] = [];
  if (filter.topic !== null) conditions.push({ sql: "topic = ?", values: [filter.topic] });
  if (filter.action !== null) conditions.push({ sql: "action = ?", values: [filter.action] });
  if (filter.isTest !== null) conditions.push({ sql: "is_test = ?", values: [filter.isTest] });
  return conditions;
}

/** Whether the filter asks for nothing that the counters do not know. */
export function isCounted(filter: EventFilter): boolean {
  const { topic, action, from, to, code, attemptsMin, search } = filter;
  return [topic, action, from, to, code, attemptsMin, search].every((condition) => condition === null);
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
      return code === null || isCodeClass(code)
        ? [where("status = 'FAILED'")]
        : [where("status = 'FAILED' and last_code = ?", code)];
    case "PENDING":
      return [
        where("status = 'PENDING' and lease_worker is null"),
        where("status = 'PENDING' and lease_worker is not null"),
      ];
    default:
      return unreachable(status);
  }
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
