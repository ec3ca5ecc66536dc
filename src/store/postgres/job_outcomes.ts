/** What became of the events that jobs put on their way, told by the transactions that end them. */
import type { Trigger } from "../../domain/values.ts";
import type { EventId } from "../../ids.ts";
import type { Connection } from "./connection.ts";

/** By the primary key, in its order. A job that was pruned meanwhile has no row. */
const COUNT_OUTCOMES = `
  with held as (
    select j.tenant, j.id, u.passed, u.failed
    from jobs j join unnest($1::integer[], $2::text[], $3::integer[], $4::integer[]) as u (tenant, id, passed, failed)
      on u.tenant = j.tenant and u.id = j.id
    order by j.tenant, j.id for no key update of j
  )
  update jobs j set passed = j.passed + held.passed, failed = j.failed + held.failed, updated_at = $5
  from held where j.tenant = held.tenant and j.id = held.id`;
/** By the primary key; behind the lock of their jobs. */
const END_WAITS = `
  update job_parts p set waiting = p.waiting - u.ended
  from unnest($1::integer[], $2::text[], $3::integer[], $4::integer[]) as u (tenant, job_id, webhook_no, ended)
  where p.tenant = u.tenant and p.job_id = u.job_id and p.webhook_no = u.webhook_no`;
const INSERT_FAILURES = `
  insert into job_failures (tenant, job_id, event_id, webhook_no)
  select u.tenant, u.job_id, u.event_id, u.webhook_no
  from unnest($1::integer[], $2::text[], $3::text[], $4::integer[]) as u (tenant, job_id, event_id, webhook_no)
  where exists (select 1 from jobs j where j.tenant = u.tenant and j.id = u.job_id)
  on conflict do nothing`;

/** Why the attempt that has ended was made, and for which event. */
type EndedAttempt = { tenant: number; eventId: EventId; trigger: Trigger; triggeredBy: string | null };
type Outcome = { webhookNo: number; status: "SUCCESS" | "FAILED" };
type Counted = { tenant: number; jobId: string; webhookNo: number; eventId: EventId; status: Outcome["status"] };

/** The outcomes of one transaction. */
export class JobOutcomes {
  readonly #outcomes: Counted[] = [];

  /**
   * Counts an outcome for the job that asked for the attempt; nothing is done for any other attempt. A job's trigger is on
   * the event from its step until the first outcome, whatever ends it, so each event is counted once.
   */
  note({ tenant, eventId, trigger, triggeredBy }: EndedAttempt, { webhookNo, status }: Outcome): void {
    if ((trigger !== "BULK" && trigger !== "REPLAY") || triggeredBy === null) return;
    this.#outcomes.push({ tenant, jobId: triggeredBy, webhookNo, eventId, status });
  }

  /** Writes what was noted since the last time. */
  flush(sql: Connection, now: number): Promise<unknown>[] {
    const outcomes = this.#outcomes.splice(0);
    if (outcomes.length === 0) return [];
    const jobs = [...Map.groupBy(outcomes, ({ tenant, jobId }) => `${tenant} ${jobId}`).values()];
    const parts = [...Map.groupBy(outcomes, ({ jobId, webhookNo }) => `${jobId} ${webhookNo}`).values()];
    const failures = outcomes.filter(({ status }) => status === "FAILED");
    const [ofJobs, ofParts] = [jobs.flatMap((group) => group.slice(0, 1)), parts.flatMap((group) => group.slice(0, 1))];
    return [
      sql.forItsValues(
        COUNT_OUTCOMES,
        ofJobs.map(({ tenant }) => tenant),
        ofJobs.map(({ jobId }) => jobId),
        jobs.map((group) => group.filter(({ status }) => status === "SUCCESS").length),
        jobs.map((group) => group.filter(({ status }) => status === "FAILED").length),
        now,
      ),
      sql.forItsValues(
        END_WAITS,
        ofParts.map(({ tenant }) => tenant),
        ofParts.map(({ jobId }) => jobId),
        ofParts.map(({ webhookNo }) => webhookNo),
        parts.map((group) => group.length),
      ),
      ...(failures.length === 0 ? [] : [insertFailures(sql, failures)]),
    ];
  }
}

function insertFailures(sql: Connection, failures: readonly Counted[]): Promise<unknown> {
  return sql.run(
    INSERT_FAILURES,
    failures.map(({ tenant }) => tenant),
    failures.map(({ jobId }) => jobId),
    failures.map(({ eventId }) => eventId),
    failures.map(({ webhookNo }) => webhookNo),
  );
}
