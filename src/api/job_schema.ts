/** The schemas of jobs: what starts one, how it is answered, and what a dry run says. */
import { Type } from "typebox";
import { isoTime } from "../clock.ts";
import { unreachable } from "../assert.ts";
import { JOB_EVENT_IDS_MAX, JOB_KINDS, JOB_RATE_DEFAULT, JOB_RATE_MAX, JOB_STATUSES } from "../domain/job.ts";
import type { Job, JobCount, JobSelection } from "../store/jobs.ts";
import { EVENT_SCHEMA } from "./event_schema.ts";
import { CODE_PATTERN, TIME_QUERY } from "./history_query.ts";
import { SEARCH_DATA_SCHEMA } from "./paging.ts";
import { APP_ENV_SCHEMA, nullable, oneOf, TIME_SCHEMA } from "./schema_parts.ts";

const START_FIELDS = {
  rate: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: JOB_RATE_MAX,
      description: `Events a second, at most; default ${JOB_RATE_DEFAULT}.`,
    }),
  ),
  dryRun: Type.Optional(Type.Boolean({ description: "Count what would be sent, and start nothing." })),
};

const FILTER_FIELDS = {
  filter: Type.Optional(
    oneOf(["ALL", "SUCCESS", "PASSED", "FAILED"], "The status; PASSED means SUCCESS. Default FAILED."),
  ),
  topic: Type.Optional(Type.String({ maxLength: 64 })),
  action: Type.Optional(Type.String({ maxLength: 64 })),
  code: Type.Optional(Type.String({ pattern: CODE_PATTERN, description: "As in the list of events." })),
  from: Type.Optional(TIME_QUERY),
  to: Type.Optional(TIME_QUERY),
};

const EVENT_IDS = Type.Array(Type.String({ pattern: "^evt_[0-9A-Za-z]{27}$" }), {
  minItems: 1,
  maxItems: JOB_EVENT_IDS_MAX,
  uniqueItems: true,
  description: "These events, test events too, in place of a filter.",
});

/** The body of a bulk resend for one webhook. */
export const RESEND_SCHEMA = Type.Object(
  { ...FILTER_FIELDS, eventIds: Type.Optional(EVENT_IDS), ...START_FIELDS },
  { additionalProperties: false },
);

/** The same for all webhooks, or one of them. */
export const TENANT_RESEND_SCHEMA = Type.Object(
  { ...RESEND_SCHEMA.properties, webhookId: Type.Optional(Type.String({ maxLength: 64 })) },
  { additionalProperties: false },
);

/** The body of a replay. */
export const REPLAY_SCHEMA = Type.Object(
  { from: TIME_QUERY, to: Type.Optional(TIME_QUERY), ...START_FIELDS },
  { additionalProperties: false },
);

const COUNT = Type.Integer({ minimum: 0 });

/** A job as answered. */
export const JOB_SCHEMA = Type.Object({
  _id: Type.String(),
  appId: Type.String(),
  appEnv: APP_ENV_SCHEMA,
  kind: oneOf(JOB_KINDS),
  webhookId: nullable(Type.String({ description: "Null: all webhooks." })),
  filter: Type.Object(
    {
      filter: Type.Optional(oneOf(["ALL", "SUCCESS", "FAILED", "PENDING"])),
      topic: Type.Optional(Type.String()),
      action: Type.Optional(Type.String()),
      code: Type.Optional(Type.String()),
      from: Type.Optional(TIME_SCHEMA),
      to: Type.Optional(TIME_SCHEMA),
      eventIds: Type.Optional(Type.Array(Type.String())),
      failuresOf: Type.Optional(Type.String({ description: "Of a rerun: the job whose failures it takes." })),
    },
    { description: "What it takes, as it was asked for; PASSED is SUCCESS, and a topic has its own name." },
  ),
  rate: Type.Integer({ description: "Events a second." }),
  status: oneOf(
    JOB_STATUSES,
    "DONE: everything is on its way or skipped; outcomes count on until passed + failed = queued.",
  ),
  total: Type.Integer({ description: "What was selected at the start, what had to be skipped included." }),
  processed: Type.Integer({ description: "queued + skipped; never more than total." }),
  queued: Type.Integer({ description: "Put on their way." }),
  skipped: Type.Integer({
    description: "Pending, of a disabled or deleted webhook, erased, or changed since the start.",
  }),
  passed: Type.Integer({ description: "Whose attempt by this job succeeded." }),
  failed: Type.Integer({ description: "Whose attempt by this job failed; a retry may succeed later." }),
  estimatedEndAt: nullable(TIME_SCHEMA),
  createdBy: Type.String({ description: "A key's id, or a name where no key was used." }),
  _createdAt: TIME_SCHEMA,
  _updatedAt: TIME_SCHEMA,
  endedAt: nullable(TIME_SCHEMA),
});

/** What a dry run answers. */
export const JOB_PREVIEW_SCHEMA = Type.Object({
  count: Type.Integer({ description: "How many would be sent." }),
  byTopic: Type.Array(Type.Object({ topic: Type.String(), action: Type.String(), count: COUNT })),
  byWebhook: Type.Array(Type.Object({ webhookId: Type.String(), count: COUNT })),
  skipped: Type.Object(
    { pending: COUNT, disabled: COUNT, erased: COUNT },
    { description: "Selected, but on their way already, of a disabled or deleted webhook, or erased. Not in `count`." },
  ),
});

/** A page of jobs. */
export const JOB_LIST_SCHEMA = Type.Object({
  items: Type.Array(JOB_SCHEMA),
  searchData: SEARCH_DATA_SCHEMA,
  nextCursor: nullable(Type.String()),
});

/** A page of the events that failed. */
export const JOB_FAILURES_SCHEMA = Type.Object({
  items: Type.Array(EVENT_SCHEMA),
  searchData: SEARCH_DATA_SCHEMA,
  nextCursor: nullable(Type.String()),
});

/** A job as callers see it at `now` (epoch ms). Its end is estimated from its rate: slow webhooks put it off. */
export function jobView(job: Job, now: number) {
  const { id, appId, appEnv, kind, selection, rate, status, processed, queued, skipped, passed, failed, endedAt } = job;
  const total = Math.max(job.total, processed); // what failed between the count and the start is done, too
  const leftMs = ((total - processed) * 1_000) / rate;
  return {
    _id: id,
    appId,
    appEnv,
    kind,
    webhookId: selection.webhookId,
    filter: filterView(selection),
    rate,
    status,
    total,
    processed,
    queued,
    skipped,
    passed,
    failed,
    estimatedEndAt: status === "RUNNING" ? isoTime(now + leftMs) : null,
    createdBy: job.createdBy,
    _createdAt: isoTime(job.createdAt),
    _updatedAt: isoTime(job.updatedAt),
    endedAt: endedAt === null ? null : isoTime(endedAt),
  };
}

/** What a dry run says: the sum of what was counted slice by slice. */
export function previewView(counts: readonly JobCount[]) {
  const sendable = counts.filter(({ verdict }) => verdict === "queue");
  const skipped = { pending: 0, disabled: 0, erased: 0 };
  for (const { verdict, count } of counts) if (verdict !== "queue") skipped[verdict] += count;
  const topics = Map.groupBy(sendable, ({ topic, action }) => `${topic}.${action}`);
  const byTopic = [...topics.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ topic: first.topic, action: first.action, count: sum(group) }];
  });
  const webhooks = Map.groupBy(sendable, ({ webhookId }) => webhookId);
  const byWebhook = [...webhooks].map(([webhookId, group]) => ({ webhookId, count: sum(group) }));
  const mostFirst = (one: { count: number }, other: { count: number }): number => other.count - one.count;
  return {
    count: sum(sendable),
    byTopic: byTopic.toSorted(mostFirst),
    byWebhook: byWebhook.toSorted(mostFirst),
    skipped,
  };
}

function sum(counts: readonly JobCount[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function filterView(selection: JobSelection) {
  switch (selection.source) {
    case "FILTER": {
      const { status, topic, action, code, from, to } = selection;
      return {
        filter: status ?? ("ALL" as const),
        ...(topic === null ? {} : { topic }),
        ...(action === null ? {} : { action }),
        ...(code === null ? {} : { code }),
        ...timesView({ from, to }),
      };
    }
    case "EVENTS":
      return { eventIds: [...selection.eventIds] };
    case "FAILURES":
      return { failuresOf: selection.jobId };
    case "MESSAGES":
      return timesView(selection);
    default:
      return unreachable(selection);
  }
}

function timesView({ from, to }: { from: number | null; to: number | null }): { from?: string; to?: string } {
  return { ...(from === null ? {} : { from: isoTime(from) }), ...(to === null ? {} : { to: isoTime(to) }) };
}
