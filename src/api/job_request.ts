/** What a request asks a job to do: its body as a selection, and counting it before anything is started. */
import type { Static } from "typebox";
import type { Catalog } from "../domain/catalog.ts";
import { ALL_TOPICS } from "../domain/catalog.ts";
import { ApiError } from "../errors.ts";
import type { WebhookId } from "../ids.ts";
import { parseEventId } from "../ids.ts";
import type { JobCount, JobSelection } from "../store/jobs.ts";
import { timeOf } from "./history_query.ts";
import type { RESEND_SCHEMA, REPLAY_SCHEMA } from "./job_schema.ts";
import type { Services } from "./services.ts";
import { bodyFaults } from "./validation.ts";

/** So many rows are looked at in one read: others are not kept waiting by a count of millions. */
const COUNT_ROWS = 1_000;
const FILTER_FIELDS = ["filter", "topic", "action", "code", "from", "to"] as const;

/** What a bulk resend selects. A topic may be given by an alias. Throws BODY_VALIDATION_FAILED for what contradicts itself. */
export function resendSelection(
  body: Static<typeof RESEND_SCHEMA>,
  webhookId: WebhookId | null,
  catalog: Catalog,
): JobSelection {
  if (body.eventIds !== undefined) {
    const besides = FILTER_FIELDS.filter((field) => body[field] !== undefined);
    if (besides.length > 0) {
      throw bodyFaults(besides.map((path) => ({ path, message: "cannot be combined with eventIds" })));
    }
    return { source: "EVENTS", webhookId, eventIds: body.eventIds.map(parseEventId).filter((id) => id !== null) };
  }
  const { filter = "FAILED", topic, action, code, from, to } = body;
  const status = filter === "PASSED" ? "SUCCESS" : filter;
  return {
    source: "FILTER",
    webhookId,
    status: status === "ALL" ? null : status,
    topic: topic === undefined || topic === ALL_TOPICS ? null : (catalog.canonicalTopic(topic) ?? topic),
    action: action === undefined || action === ALL_TOPICS ? null : action,
    code: code ?? null,
    ...rangeOf({ from, to }),
  };
}

/** What a replay selects. Throws BODY_VALIDATION_FAILED for times that are none. */
export function replaySelection(body: Static<typeof REPLAY_SCHEMA>, webhookId: WebhookId): JobSelection {
  const { from, to } = rangeOf(body);
  return { source: "MESSAGES", webhookId, from: from ?? 0, to };
}

/** Counts what is selected, in small reads. Ends with SHUTTING_DOWN when the server stops, and when the caller has gone. */
export async function countSelected(
  { store, lifecycle }: Pick<Services, "store" | "lifecycle">,
  which: { tenant: number; selection: JobSelection },
  hasGone: () => boolean,
): Promise<JobCount[]> {
  const counts: JobCount[] = [];
  let cursor: string | null = null;
  do {
    if (lifecycle.state === "stopping" || hasGone()) {
      throw new ApiError("SHUTTING_DOWN", "The count was given up: the server is stopping, or the caller has gone.");
    }
    const slice: Awaited<ReturnType<Services["store"]["countJobEvents"]>> = await store.countJobEvents({
      ...which,
      limit: COUNT_ROWS,
      cursor,
    });
    counts.push(...slice.counts);
    cursor = slice.nextCursor;
  } while (cursor !== null);
  return counts;
}

function rangeOf(body: { from?: string | undefined; to?: string | undefined }): {
  from: number | null;
  to: number | null;
} {
  const [from, to] = [timeOf("from", body.from, bodyFaults), timeOf("to", body.to, bodyFaults)];
  if (from !== null && to !== null && to <= from) {
    throw bodyFaults([{ path: "to", message: `is \`${body.to}\`; must be after from, which is \`${body.from}\`` }]);
  }
  return { from, to };
}
