/** The schemas of messages, events and attempts as they are answered. */
import { Type } from "typebox";
import { FAILURES } from "../domain/failure.ts";
import { TRIGGERS } from "../domain/values.ts";
import {
  ANY_JSON_SCHEMA,
  APP_ENV_SCHEMA,
  EVENT_STATUS_SCHEMA,
  MSG_NATURE_SCHEMA,
  nullable,
  oneOf,
  TIME_SCHEMA,
} from "./schema_parts.ts";
import { SEARCH_DATA_SCHEMA } from "./paging.ts";

const HEADER_PAIRS = Type.Array(Type.Array(Type.String(), { minItems: 2, maxItems: 2 }), {
  description: "`[name, value]` pairs, in order.",
});

/** What a message and its events have in common. */
const CONTENT_FIELDS = {
  topic: Type.String(),
  action: Type.String(),
  msgNature: MSG_NATURE_SCHEMA,
  content: Type.Unknown({ description: "As published, byte for byte; null once erased, and in lists above 4 KiB." }),
  contentBytes: Type.Optional(Type.Integer({ description: "Where `content` is null: its size." })),
  error: Type.Optional(ANY_JSON_SCHEMA),
  isTest: Type.Boolean(),
};

/** A message as answered. */
export const MESSAGE_SCHEMA = Type.Object({
  _id: Type.String(),
  appId: Type.String(),
  appEnv: APP_ENV_SCHEMA,
  ...CONTENT_FIELDS,
  idempotencyKey: Type.Optional(Type.String()),
  _createdAt: TIME_SCHEMA,
  events: Type.Array(Type.Object({ _id: Type.String(), webhookId: Type.String(), status: EVENT_STATUS_SCHEMA })),
});

/** An event as answered. */
export const EVENT_SCHEMA = Type.Object({
  _id: Type.String(),
  webhookId: Type.String(),
  messageId: Type.String(),
  appId: Type.String(),
  appEnv: APP_ENV_SCHEMA,
  ...CONTENT_FIELDS,
  status: EVENT_STATUS_SCHEMA,
  attemptCount: Type.Integer(),
  retriesUsed: Type.Integer(),
  nextAttemptAt: nullable(TIME_SCHEMA),
  lastCode: Type.Optional(Type.String({ description: "The last attempt's status, or its failure code." })),
  response: Type.Optional(Type.Object({ status: Type.Integer(), statusText: Type.String() })),
  lastDurationMs: Type.Optional(
    Type.Number({ description: "How long the last attempt took, in ms; not where it is ABANDONED." }),
  ),
  _createdAt: TIME_SCHEMA,
  _updatedAt: TIME_SCHEMA,
});

const MS = Type.Number({ description: "In ms." });

const ATTEMPT_SCHEMA = Type.Object({
  number: Type.Integer(),
  trigger: oneOf(TRIGGERS),
  triggeredBy: Type.Optional(Type.String()),
  workerId: Type.Optional(
    Type.String({ description: "The process that made it; not told of attempts from before this was kept." }),
  ),
  startedAt: TIME_SCHEMA,
  durationMs: MS,
  timings: Type.Object({
    queuedMs: MS,
    dnsMs: Type.Optional(MS),
    connectMs: Type.Optional(MS),
    tlsMs: Type.Optional(MS),
    firstByteMs: Type.Optional(MS),
    bodyMs: Type.Optional(MS),
  }),
  address: Type.Optional(Type.String()),
  tls: Type.Optional(ANY_JSON_SCHEMA),
  tokenConsumedAt: Type.Optional(TIME_SCHEMA),
  request: Type.Object({
    url: Type.String(),
    httpVersion: Type.String({ description: "Every POST is sent by the same one." }),
    headers: HEADER_PAIRS,
    body: nullable(Type.String({ description: "As sent, the token masked; null once the content is erased." })),
  }),
  response: Type.Optional(
    Type.Object({
      status: Type.Integer(),
      statusText: Type.String(),
      headers: HEADER_PAIRS,
      body: Type.String(),
      bodyEncoding: oneOf(["utf8", "base64"]),
      truncated: Type.Boolean(),
      bodyError: Type.Optional(Type.String({ description: "Why the body broke off." })),
    }),
  ),
  error: Type.Optional(
    Type.Object({
      code: Type.String({ examples: Object.keys(FAILURES).slice(0, 3) }),
      message: Type.String(),
    }),
  ),
});

/** An event with its attempts, oldest first. */
export const EVENT_WITH_ATTEMPTS_SCHEMA = Type.Object({
  ...EVENT_SCHEMA.properties,
  attempts: Type.Array(ATTEMPT_SCHEMA),
});

/** A page of events. */
export const EVENT_LIST_SCHEMA = Type.Object({
  events: Type.Array(EVENT_SCHEMA),
  searchData: SEARCH_DATA_SCHEMA,
  nextCursor: nullable(Type.String()),
});

/** A page of messages. */
export const MESSAGE_LIST_SCHEMA = Type.Object({
  items: Type.Array(MESSAGE_SCHEMA),
  searchData: SEARCH_DATA_SCHEMA,
  nextCursor: nullable(Type.String()),
});
