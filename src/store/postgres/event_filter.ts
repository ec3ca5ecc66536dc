/** The filter of event lists as index ranges and conditions. */
import { EVENT_STATUSES } from "../../domain/values.ts";
import type { EventStatus } from "../../domain/values.ts";
import type { EventFilter, MessageFilter } from "../history.ts";
import type { Condition } from "./condition.ts";
import type { Keyset } from "./keyset.ts";

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
  const unserved = [...messageConditions(filter), ...codeConditions(code), ...attemptConditions(filter)];
  return { from: "events", segments, unserved };
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

/** By events_by_status, or events_by_webhook. */
function statusSegment({ tenant, webhookNo }: EventScope, status: EventStatus): Condition[] {
  return webhookNo === null
    ? [{ sql: "tenant = ? and status = ?", values: [tenant, status] }]
    : [{ sql: "tenant = ? and webhook_no = ? and status = ?", values: [tenant, webhookNo, status] }];
}

/** By events_failed_code, or events_failed_webhook_code. The status is spelled out, for these indexes are partial. */
function failedCodeSegment({ tenant, webhookNo }: EventScope, code: string): Condition[] {
  const failedWithCode = "status = 'FAILED' and last_code = ?";
  return webhookNo === null
    ? [{ sql: `tenant = ? and ${failedWithCode}`, values: [tenant, code] }]
    : [{ sql: `tenant = ? and webhook_no = ? and ${failedWithCode}`, values: [tenant, webhookNo, code] }];
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
