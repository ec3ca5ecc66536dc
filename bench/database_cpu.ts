/** The CPU time of a PostgreSQL server on this machine: of its backends, those that have ended, and what it runs beside them. */
import { readFileSync, readdirSync } from "node:fs";
import pg from "pg";

/** What `getconf CLK_TCK` says on every Linux. */
const TICK_US = 10_000;

/** A way to read the CPU time used so far, in µs; null where the server's processes cannot be seen from here. */
export async function databaseCpu(url: string): Promise<(() => number) | null> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
    const [postmaster] = statOf(rows[0]?.pid ?? 0)?.slice(1) ?? [];
    if (postmaster === undefined || !commandOf(postmaster).startsWith("postgres")) return null;
    return () => cpuUs(postmaster);
  } finally {
    await client.end();
  }
}

/** Of the postmaster with the children it has waited for, and of those that live. */
function cpuUs(postmaster: number): number {
  const [, , ...own] = statOf(postmaster) ?? [];
  const living = readdirSync("/proc").flatMap((name) => {
    const stat = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    return stat !== null && stat[1] === postmaster ? stat.slice(2, 4) : [];
  });
  return [...own, ...living].reduce((sum, ticks) => sum + ticks, 0) * TICK_US;
}

/** Its id, its parent's, and in ticks utime, stime, and both of the children it has waited for; null when there is none. */
function statOf(pid: number): number[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" "); // the command before may hold anything
    return [pid, ...[1, 11, 12, 13, 14].map((at) => Number(fields[at]))];
  } catch {
    return null;
  }
}

function commandOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8");
}
