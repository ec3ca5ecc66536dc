/** The schemas of statistics as asked for and as answered. */
import { Type } from "typebox";
import { EVENT_STATUS_SCHEMA, nullable, TIME_SCHEMA } from "./schema_parts.ts";

const FROM_SCHEMA = Type.Optional(
  Type.String({ maxLength: 40, description: "RFC 3339 with a zone. Default: 24 hours before `to`." }),
);
const TO_SCHEMA = Type.Optional(
  Type.String({ maxLength: 40, description: "RFC 3339 with a zone, not inclusive. Default: now." }),
);

/** The query of statistics. */
export const STATS_QUERY_SCHEMA = Type.Object(
  {
    from: FROM_SCHEMA,
    to: TO_SCHEMA,
    bucket: Type.Optional(
      Type.Integer({
        minimum: 60_000,
        maximum: 92 * 86_400_000,
        multipleOf: 60_000,
        description:
          "How wide a point is, in ms: whole minutes, over a longer window whole hours or days. Default: as suits the window. " +
          "The window is widened to whole points, which begin at multiples of their width since 1970.",
      }),
    ),
  },
  { additionalProperties: false },
);

/** The query of what counts by hours. */
export const HOURS_QUERY_SCHEMA = Type.Object({ from: FROM_SCHEMA, to: TO_SCHEMA }, { additionalProperties: false });

const PERCENTILES_SCHEMA = nullable(
  Type.Object(
    { p50: Type.Number(), p95: Type.Number(), p99: Type.Number() },
    { description: "In ms, each at most 19 % off; from merged histograms, never averaged." },
  ),
);

const SUMMARY_FIELDS = {
  created: Type.Integer({ description: "New events." }),
  success: Type.Integer({ description: "Attempts that succeeded." }),
  failed: Type.Integer({ description: "Attempts that failed." }),
  firstAttempts: Type.Integer({ description: "Attempts number 1." }),
  firstAttemptSuccess: Type.Integer({ description: "Attempts number 1 that succeeded." }),
  codes: Type.Record(Type.String(), Type.Integer(), {
    description: "Attempts by response status; `none` are those without a response.",
  }),
  latency: PERCENTILES_SCHEMA,
  queued: PERCENTILES_SCHEMA,
};

const WINDOW_FIELDS = {
  from: TIME_SCHEMA,
  to: TIME_SCHEMA,
  bucketMs: Type.Integer({ description: "How wide a point is." }),
};

const PENDING_SCHEMA = Type.Object(
  { count: Type.Integer(), oldestAt: nullable(TIME_SCHEMA) },
  { description: "Events that wait now, and when the oldest of them was created." },
);

/** Statistics of one webhook, or of all. */
export const STATS_SCHEMA = Type.Object({
  ...WINDOW_FIELDS,
  totals: Type.Object(SUMMARY_FIELDS),
  points: Type.Array(Type.Object({ at: TIME_SCHEMA, ...SUMMARY_FIELDS }), { description: "Every one, oldest first." }),
  pending: PENDING_SCHEMA,
});

/** Statistics of each webhook. */
export const WEBHOOK_STATS_SCHEMA = Type.Object({
  ...WINDOW_FIELDS,
  items: Type.Array(
    Type.Object({
      webhookId: Type.String(),
      totals: Type.Object(SUMMARY_FIELDS),
      points: Type.Array(Type.Object({ at: TIME_SCHEMA, success: Type.Integer(), failed: Type.Integer() })),
      pending: PENDING_SCHEMA,
      lastEvent: nullable(
        Type.Object(
          {
            _id: Type.String(),
            status: EVENT_STATUS_SCHEMA,
            lastCode: Type.Optional(Type.String()),
            _updatedAt: TIME_SCHEMA,
          },
          { description: "The newest event, as it is now." },
        ),
      ),
    }),
  ),
});

/** How often each action was published. */
export const ACTION_COUNTS_SCHEMA = Type.Object({
  from: TIME_SCHEMA,
  to: TIME_SCHEMA,
  items: Type.Array(Type.Object({ topic: Type.String(), action: Type.String(), count: Type.Integer() })),
});
