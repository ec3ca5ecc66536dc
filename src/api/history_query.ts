/** The filters of lists of events and messages: query text to the store's conditions. */
import type { Static } from "typebox";
import { Type } from "typebox";
import type { EventStatus } from "../domain/values.ts";
import type { Catalog } from "../domain/catalog.ts";
import { ALL_TOPICS } from "../domain/catalog.ts";
import type { EventFilter, MessageFilter } from "../store/history.ts";
import { PAGE_QUERY } from "./paging.ts";
import { MSG_NATURE_SCHEMA, oneOf, parseTime } from "./schema_parts.ts";
import { queryFaults } from "./validation.ts";

/** A bound of a range of time. */
export const TIME_QUERY = Type.String({ maxLength: 40, description: "RFC 3339 with a zone." });

const MESSAGE_FILTERS = {
  topic: Type.Optional(Type.String({ maxLength: 64 })),
  action: Type.Optional(Type.String({ maxLength: 64 })),
  msgNature: Type.Optional(MSG_NATURE_SCHEMA),
  from: Type.Optional(TIME_QUERY),
  to: Type.Optional(TIME_QUERY),
  test: Type.Optional(oneOf(["true", "false"], "Only test events, or none.")),
  search: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 255,
      description:
        "Exact: an event id, a message id, an idempotency key, or a content value whose field name ends in `Id`.",
    }),
  ),
};

/** A status, a class of statuses, or a failure code. */
export const CODE_PATTERN = "^([1-5][0-9]{2}|[1-5]xx|[A-Z][A-Z_]{2,63})$";

/** The largest number of attempts that a store can hold. */
const ATTEMPTS_MAX = 2 ** 31 - 1;

const EVENT_FILTERS = {
  ...MESSAGE_FILTERS,
  filter: Type.Optional(oneOf(["ALL", "SUCCESS", "PASSED", "FAILED", "PENDING"], "The status; PASSED means SUCCESS.")),
  code: Type.Optional(
    Type.String({
      pattern: CODE_PATTERN,
      description: "The last attempt's status (`503`), its class (`4xx`), or its failure code.",
    }),
  ),
  attempts: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: ATTEMPTS_MAX,
      description: "Only events with at least so many attempts.",
    }),
  ),
};

/** The query of a list of one webhook's events. */
export const EVENT_QUERY_SCHEMA = Type.Object({ ...PAGE_QUERY, ...EVENT_FILTERS }, { additionalProperties: false });

/** The query of a list of all webhooks' events. */
export const TENANT_EVENT_QUERY_SCHEMA = Type.Object(
  { ...PAGE_QUERY, ...EVENT_FILTERS, webhookId: Type.Optional(Type.String({ maxLength: 64 })) },
  { additionalProperties: false },
);

/** The query of a list of messages. */
export const MESSAGE_QUERY_SCHEMA = Type.Object({ ...PAGE_QUERY, ...MESSAGE_FILTERS }, { additionalProperties: false });

/** The conditions of an event list. A topic may be given by an alias; `ALL` stands for every one. */
export function eventFilter(query: Static<typeof EVENT_QUERY_SCHEMA>, catalog: Catalog): EventFilter {
  const { filter, code, attempts } = query;
  const ofMessage = messageFilter(query, catalog);
  return { ...ofMessage, status: statusOf(filter), code: code ?? null, attemptsMin: attempts ?? null };
}

/** The conditions of a message list. */
export function messageFilter(query: Static<typeof MESSAGE_QUERY_SCHEMA>, catalog: Catalog): MessageFilter {
  const from = timeOf("from", query.from);
  const to = timeOf("to", query.to);
  const topic = query.topic === undefined || query.topic === ALL_TOPICS ? null : query.topic;
  return {
    topic: topic === null ? null : (catalog.canonicalTopic(topic) ?? topic),
    action: query.action === undefined || query.action === ALL_TOPICS ? null : query.action,
    msgNature: query.msgNature ?? null,
    from,
    to,
    isTest: query.test === undefined ? null : query.test === "true",
    search: query.search ?? null,
  };
}

function statusOf(filter: "ALL" | "PASSED" | EventStatus | undefined): EventStatus | null {
  if (filter === undefined || filter === "ALL") return null;
  return filter === "PASSED" ? "SUCCESS" : filter;
}

/** A time as epoch ms; null where it is not given. Throws what `faults` makes (a fault of the query) of a text that is none. */
export function timeOf(name: "from" | "to", text: string | undefined, faults = queryFaults): number | null {
  if (text === undefined) return null;
  const at = parseTime(text);
  if (at === null) {
    throw faults([{ path: name, message: `is \`${text}\`; expected a time such as 2026-01-31T09:30:00Z` }]);
  }
  return at;
}
