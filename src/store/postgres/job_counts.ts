/** Counting what a job would do, a bounded number of rows at a time. */
import type { WebhookId } from "../../ids.ts";
import { parseTextCursor, textCursor } from "../cursor.ts";
import type { JobCount, JobSelection, JobVerdict } from "../jobs.ts";
import { walkPart } from "./job_selection.ts";
import { jobTarget, webhooksOf } from "./job_targets.ts";
import type { ReadView } from "./transaction.ts";

/** See {@link JobStore.countJobEvents}. */
export async function countJobEvents(
  { sql }: ReadView,
  params: { tenant: number; selection: JobSelection; limit: number; cursor: string | null },
): Promise<{ counts: JobCount[]; nextCursor: string | null }> {
  const { tenant, selection, limit } = params;
  const [fromNo = "0", fromId = ""] = (parseTextCursor(params.cursor, /^\d{1,15} \w{0,40}$/) ?? "0 ").split(" ");
  const tally = new Tally();
  let looked = 0;
  for (const webhookNo of await webhooksOf(sql, tenant, selection)) {
    if (webhookNo < Number(fromNo)) continue;
    const target = await jobTarget(sql, tenant, webhookNo);
    if (target === null) continue;
    const after = webhookNo === Number(fromNo) ? fromId : "";
    for await (const { id, topic, action, verdict } of walkPart(
      sql,
      { tenant, selection, jobId: null, target },
      after,
    )) {
      if (verdict !== null) tally.add({ webhookId: target.webhookId, topic, action, verdict });
      looked += 1;
      if (looked === limit) return { counts: tally.counts(), nextCursor: textCursor(`${webhookNo} ${id}`) };
    }
  }
  return { counts: tally.counts(), nextCursor: null };
}

type Counted = { webhookId: WebhookId; topic: string; action: string; verdict: JobVerdict };

class Tally {
  readonly #counts = new Map<string, JobCount>();

  add(one: Counted): void {
    const name = `${one.webhookId} ${one.topic} ${one.action} ${one.verdict}`;
    const known = this.#counts.get(name);
    if (known === undefined) this.#counts.set(name, { ...one, count: 1 });
    else known.count += 1;
  }

  counts(): JobCount[] {
    return [...this.#counts.values()];
  }
}
