/** The webhooks that a job concerns, each the target of one of its parts. */
import { unreachable } from "../../assert.ts";
import type { WebhookId } from "../../ids.ts";
import { webhookNoOf } from "../../ids.ts";
import type { JobSelection } from "../jobs.ts";
import type { Connection } from "./connection.ts";
import { webhookNoFor } from "./webhook_rows.ts";

/** The webhook of a part. */
export type JobTarget = {
  webhookNo: number;
  webhookId: WebhookId;
  /** Disabled or deleted: nothing is sent to it. */
  isClosed: boolean;
  disabledTopics: readonly string[];
  disabledActions: readonly string[];
  maxConcurrency: number;
  rateLimit: number | null;
};

type TargetRow = {
  no: number;
  id: WebhookId;
  is_disabled: boolean;
  deleted_at: number | null;
  disabled_topics: string;
  disabled_actions: string;
  max_concurrency: number;
  rate_limit: number | null;
};

/** By the primary key. */
const FIND_TARGET = `
  select no, id, is_disabled, deleted_at, disabled_topics, disabled_actions, max_concurrency, rate_limit
  from webhooks where no = $1 and tenant = $2`;
const FIND_NUMBERS = `select no from webhooks where no = any($1::integer[]) and tenant = $2 order by no`;
/** By a prefix of the primary key: the webhooks, deleted ones included, that have events. */
const COUNTED_WEBHOOKS = `
  select webhook_no as no from counters where tenant = $1 and not is_test
  group by webhook_no having sum(pending + success + failed) > 0 order by webhook_no`;
/** By a prefix of job_failures_webhook. */
const FAILED_WEBHOOKS = `
  select distinct webhook_no as no from job_failures where tenant = $1 and job_id = $2 order by webhook_no`;

/** The numbers of the webhooks that the selection may concern, ascending. */
export async function webhooksOf(sql: Connection, tenant: number, selection: JobSelection): Promise<number[]> {
  const { source, webhookId } = selection;
  if (webhookId !== null) return [await webhookNoFor(sql, { tenant, webhookId })].filter((no) => no !== null);
  switch (source) {
    case "FILTER":
      return numbersOf(await sql.all(COUNTED_WEBHOOKS, tenant));
    case "EVENTS": {
      // An id may name anything: only the tenant's own webhooks count.
      const named = [...new Set(selection.eventIds.map(webhookNoOf))];
      return numbersOf(await sql.all(FIND_NUMBERS, named, tenant));
    }
    case "FAILURES":
      return numbersOf(await sql.all(FAILED_WEBHOOKS, tenant, selection.jobId));
    case "MESSAGES":
      throw new Error("a replay is for one webhook");
    default:
      return unreachable(source);
  }
}

function numbersOf(rows: readonly { no: number }[]): number[] {
  return rows.map(({ no }) => no);
}

/** The tenant's webhook with this number; null when it is another's, or nobody's. */
export async function jobTarget(sql: Connection, tenant: number, webhookNo: number): Promise<JobTarget | null> {
  const row = await sql.get<TargetRow>(FIND_TARGET, webhookNo, tenant);
  if (row === undefined) return null;
  return {
    webhookNo: row.no,
    webhookId: row.id,
    isClosed: row.is_disabled || row.deleted_at !== null,
    disabledTopics: JSON.parse(row.disabled_topics) as string[], // written by us as lists of strings
    disabledActions: JSON.parse(row.disabled_actions) as string[],
    maxConcurrency: row.max_concurrency,
    rateLimit: row.rate_limit,
  };
}
