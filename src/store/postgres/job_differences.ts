/** Comparing what jobs count as waiting with the events, for tests and the `doctor`. */
import type { JobId } from "../../ids.ts";
import type { Connection } from "./connection.ts";

/** Every part whose number of waiting events differs from the events; reads all of them. */
const DIFFERENCES = `
  select tenant, job_id, webhook_no, sum(rows)::bigint as rows, sum(counted)::bigint as counted from (
    select e.tenant, e.next_triggered_by as job_id, e.webhook_no, count(*) as rows, 0 as counted
    from events e join jobs j on j.tenant = e.tenant and j.id = e.next_triggered_by
    where e.next_trigger in ('BULK', 'REPLAY') group by 1, 2, 3
    union all
    select tenant, job_id, webhook_no, 0, waiting from job_parts
    union all
    select j.tenant, j.id, null, coalesce((select sum(waiting) from job_parts p where p.tenant = j.tenant and p.job_id = j.id), 0),
      j.queued - j.passed - j.failed
    from jobs j
  ) c group by 1, 2, 3 having sum(rows) <> sum(counted)`;

type DifferenceRow = { tenant: number; job_id: JobId; webhook_no: number | null; rows: number; counted: number };

/** A sentence for each count of a job's waiting events that differs from the rows; reading them takes `msMax` at most. */
export async function jobDifferences(sql: Connection, msMax: number): Promise<string[]> {
  const rows = await sql.long<DifferenceRow>(DIFFERENCES, msMax);
  return rows.map((row) => {
    const where = row.webhook_no === null ? "" : `, webhook number ${row.webhook_no}`;
    return `job ${row.job_id} of tenant ${row.tenant}${where}: ${row.rows} events wait, but counted ${row.counted}`;
  });
}
