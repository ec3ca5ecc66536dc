import pg from "pg";
import { openBenchStore } from "./open_store.ts";
import { IdMinter } from "../src/ids.ts";
import type { WebhookId } from "../src/ids.ts";
import { systemRandom } from "../src/random.ts";
import type { EventFilter } from "../src/store/history.ts";

const url = process.argv[2] ?? "";
let plans: string[] = [];
const connect = pg.Client.prototype.connect;
pg.Client.prototype.connect = function (this: pg.Client, ...args: []) {
  this.on("notice", (notice) => plans.push(notice.message ?? ""));
  return connect.apply(this, args);
} as typeof connect;
const admin = new pg.Client({ connectionString: url });
await admin.connect();
await admin.query(`alter database postgres set session_preload_libraries = 'auto_explain'`);
for (const [k, v] of Object.entries({ log_min_duration: 0, log_analyze: "on", log_buffers: "on", log_timing: "on", log_level: "notice" }))
  await admin.query(`alter database postgres set auto_explain.${k} = '${v}'`);
await admin.query("alter database postgres set client_min_messages = 'notice'");
const due = (await admin.query("select w.id, w.tenant, l.next_due_at, l.is_paused from lanes l join webhooks w on w.no = l.webhook_no where l.next_due_at is not null order by 3")).rows as { id: WebhookId; tenant: number; is_paused: boolean }[];
console.log(due);
const big = (await admin.query("select tenant, count(*) as n from webhooks group by 1 order by tenant limit 1")).rows[0] as { tenant: number };
const biggest = (await admin.query("select tenant, count(*) as n from events group by 1 order by 2 desc limit 1").catch(async () => ({ rows: [big] }))).rows[0] as { tenant: number };
const hook = (await admin.query("select id from webhooks where tenant = $1 order by no limit 1", [biggest.tenant])).rows[0] as { id: WebhookId };
console.log("biggest", biggest, hook);
await admin.end();
const store = await openBenchStore(url);
const workerId = new IdMinter(systemRandom).mint("wrk", Date.now());
await store.registerWorker({ workerId, role: "all", host: "bench", pid: process.pid });
const lane = due.find((each) => !each.is_paused);
const only = process.argv[3];
const full = process.argv.includes("--plans");
async function time(name: string, work: () => Promise<unknown>, runs = 20): Promise<void> {
  if (only !== undefined && only !== "all" && !name.includes(only)) return;
  const ms: number[] = [];
  let result: unknown;
  for (let run = 0; run < runs; run++) {
    plans = [];
    const at = performance.now();
    result = await work();
    ms.push(performance.now() - at);
  }
  ms.sort((a, b) => a - b);
  const text = JSON.stringify(result);
  console.log(`\n## ${name}: p50 ${ms[Math.floor(runs / 2)]?.toFixed(1)} max ${ms.at(-1)?.toFixed(1)} ms; ${text.slice(0, 0)}${(result as { total?: number })?.total ?? (result as unknown[])?.length ?? ""}`);
  for (const plan of plans) {
    const duration = /duration: ([\d.]+)/.exec(plan)?.[1];
    console.log(`  statement ${duration} ms: ${plan.split("\n").slice(1, 2).join(" ").trim().slice(0, 100)}`);
    if (full) console.log(plan.split("\n").map((line) => line.slice(0, 150)).filter((line) => !/never executed/.test(line)).join("\n"));
  }
}
if (lane) {
  await time("findDueLanes", () => store.findDueLanes({ limit: 100, cursor: null }));
  await time("claim", () => store.claimDue({ workerId, lanes: [{ tenant: lane.tenant, webhookId: lane.id, room: 10 }], bytesMax: 10_000_000 }), 20);
}
const tenant = biggest.tenant;
const none: EventFilter = { status: null, topic: null, action: null, from: null, to: null, code: null, attemptsMin: null, isTest: null, search: null };
const page = { limit: 100, cursor: null, page: 1 } as never;
const lists: [string, Partial<EventFilter>, WebhookId | null][] = [
  ["list all", {}, null], ["list failed", { status: "FAILED" }, null], ["list failed of webhook", { status: "FAILED" }, hook.id],
  ["list of webhook", {}, hook.id], ["list topic", { topic: "SIGNER" }, null], ["list topic+action+failed", { topic: "SIGNATURE", action: "SIGNATURE_SUCCESS", status: "FAILED" }, null],
  ["list code", { code: "503" }, null], ["list code class", { code: "5xx" }, hook.id], ["list day", { from: Date.now() - 3 * 86_400_000, to: Date.now() - 2 * 86_400_000 }, null],
  ["list range failed", { from: Date.now() - 20 * 86_400_000, to: Date.now() - 2 * 86_400_000, status: "FAILED" }, null],
  ["list pending", { status: "PENDING" }, null], ["list attemptsMin", { attemptsMin: 2 }, null], ["list test", { isTest: true }, null],
  ["list search value", { search: "sr-777" }, null], ["list search none", { search: "nothing-has-this" }, null],
];
for (const [name, filter, webhookId] of lists)
  await time(name, () => store.listEvents({ tenant, webhookId, filter: { ...none, ...filter }, ...page }));
await time("get stats window", () => (store as never as { readStats: (p: object) => Promise<unknown> }).readStats({ tenant, webhookId: null, from: Math.floor((Date.now() - 86_400_000) / 3_600_000) * 3_600_000, to: Math.floor(Date.now() / 3_600_000) * 3_600_000, step: 3_600_000, stepMs: 3_600_000 }).catch((e: Error) => e.message));
await store.removeWorker({ workerId });
await store.close();
