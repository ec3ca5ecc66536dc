/**
 * Fills a PostgreSQL database in bulk: the rows of many messages in a few statements, then the counters and statistics that
 * they come to. Tenants, webhooks and partitions are made through the store. Half of the messages belong to the first tenant,
 * each goes to two webhooks, one event in ten has failed, and a few failed in a way of their own.
 */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { systemClock } from "../src/clock.ts";
import { formatSecret } from "../src/domain/signature.ts";
import { DEFAULT_SETTINGS } from "../src/domain/webhook.ts";
import { prepareFirstStart, startText } from "../src/first_start.ts";
import type { WebhookId } from "../src/ids.ts";
import { systemRandom } from "../src/random.ts";
import type { Store } from "../src/store/store.ts";
import type { Actor } from "../src/store/tenancy.ts";
import {
  COUNTERS,
  HISTORY,
  LANE,
  MESSAGES,
  MESSAGES_OF_ONE,
  SESSION,
  STATISTICS,
  VACUUM,
  WAITING,
} from "./fill_statements.ts";
import { BENCH_MASTER_KEY, openBenchStore } from "./open_store.ts";
import { Progress } from "./progress.ts";

const ACTOR: Actor = { kind: "system", keyId: null, name: "fill", ip: null, requestId: null };
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** The store makes the partitions of a day and of so many after it. */
const PARTITIONED_DAYS = 4;
const BIG_TENANT_WEBHOOKS = 20;
const SMALL_TENANT_WEBHOOKS = 2;
const EVENTS_PER_MESSAGE = 2;
const MESSAGES_PER_STEP = 50_000;

/** What is to be in it: events, of how many days and tenants; waiting ones of a disabled and of an enabled webhook besides. */
export type FillSize = { events: number; days: number; tenants: number; waiting: number; due: number };

type Target = { tenant: number; webhookIds: WebhookId[]; webhookNos: number[] };
type Filling = { store: Store; client: pg.Client };

/** Fills the database, which may be empty. */
export async function fillPostgres(url: string, size: FillSize): Promise<void> {
  const endMs = Date.now() - MINUTE_MS;
  const startMs = endMs - size.days * DAY_MS;
  await makePartitions(url, { startMs, endMs });
  const store = await openBenchStore(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const config = { adminApiKey: null, isDevelopment: true };
    const firstStart = await prepareFirstStart(store, { config, random: systemRandom });
    process.stdout.write(startText(firstStart, "http://127.0.0.1:4400"));
    console.log(`Its master key: MASTER_KEY=${process.env["MASTER_KEY"] ?? BENCH_MASTER_KEY}`);
    await client.query("set synchronous_commit = off; set jit = off; set work_mem = '256MB'; set timezone = 'UTC'");
    for (const statement of SESSION) await client.query(statement);
    const filling = { store, client };
    await fillHistory(filling, { ...size, startMs, endMs });
    await fillWaiting(filling, { events: size.waiting, startMs, endMs, isDisabled: true });
    await fillWaiting(filling, { events: size.due, startMs: endMs - HOUR_MS, endMs, isDisabled: false });
    await count(client, { startMs, endMs });
    await client.query(VACUUM);
    console.log(`differences of the counters from the rows: ${JSON.stringify(await store.counterDifferences())}`);
  } finally {
    await client.end();
    await store.close();
  }
}

/** By opening the store on each of the days. */
async function makePartitions(url: string, { startMs, endMs }: { startMs: number; endMs: number }): Promise<void> {
  for (let ms = startMs; ms <= endMs; ms += PARTITIONED_DAYS * DAY_MS) {
    const store = await openBenchStore(url, { clock: { ...systemClock, now: () => ms } });
    await store.close();
  }
}

type History = FillSize & { startMs: number; endMs: number };

async function fillHistory({ store, client }: Filling, history: History): Promise<void> {
  const { events, tenants, startMs, endMs } = history;
  const targets: Target[] = [];
  for (let place = 0; place < tenants; place++) {
    const webhooks = place === 0 ? BIG_TENANT_WEBHOOKS : SMALL_TENANT_WEBHOOKS;
    targets.push(await addTenant({ store, client }, { name: `Tenant ${place}`, webhooks }));
  }
  for (const [place, { tenant, webhookNos }] of targets.entries()) {
    await client.query("insert into targets values ($1, $2, $3)", [place, tenant, webhookNos]);
  }
  const messages = Math.ceil(events / EVENTS_PER_MESSAGE);
  const progress = new Progress(events);
  for (let from = 0; from < messages; from += MESSAGES_PER_STEP) {
    const to = Math.min(from + MESSAGES_PER_STEP, messages);
    const range = [from, to, startMs, (endMs - startMs) / messages];
    await client.query("begin");
    await client.query(MESSAGES, range);
    for (const statement of HISTORY) await client.query(statement);
    await client.query("commit");
    progress.report(to * EVENTS_PER_MESSAGE);
  }
}

async function fillWaiting(
  { store, client }: Filling,
  waiting: { events: number; startMs: number; endMs: number; isDisabled: boolean },
): Promise<void> {
  const { events, startMs, endMs, isDisabled } = waiting;
  if (events === 0) return;
  const name = isDisabled ? "Paused tenant" : "Tenant with a backlog";
  const { tenant, webhookNos, webhookIds } = await addTenant({ store, client }, { name, webhooks: 1 });
  const [webhookNo, webhookId] = [webhookNos[0] ?? 0, webhookIds[0]];
  const progress = new Progress(events);
  for (let from = 0; from < events; from += MESSAGES_PER_STEP) {
    const to = Math.min(from + MESSAGES_PER_STEP, events);
    await client.query("begin");
    await client.query(MESSAGES_OF_ONE, [from, to, startMs, (endMs - startMs) / events, tenant, webhookNo]);
    for (const statement of WAITING) await client.query(statement);
    await client.query("commit");
    progress.report(to);
  }
  await client.query(LANE, [webhookNo]);
  console.log(`${events} events wait for webhook ${webhookId} (number ${webhookNo}) of tenant ${tenant}`);
  if (isDisabled && webhookId !== undefined) {
    await store.updateWebhook({ tenant, webhookId, change: { isDisabled: true }, actor: ACTOR });
  }
}

/** Statistics and counters of all that was filled; the statistics are folded up to the end. */
async function count(client: pg.Client, { startMs, endMs }: { startMs: number; endMs: number }): Promise<void> {
  for (let day = Math.floor(startMs / DAY_MS); day <= Math.floor(endMs / DAY_MS); day++) {
    for (const statement of STATISTICS.ofDay) await client.query(statement, [day]);
    for (const statement of STATISTICS.ofCounted) await client.query(statement);
  }
  await client.query(COUNTERS);
  const minute = String(Math.floor(endMs / MINUTE_MS) + 1);
  const save = "insert into settings values ($1, $2) on conflict (name) do update set value = excluded.value";
  for (const name of ["stats_closed_until", "stats_folded_until"]) await client.query(save, [name, minute]);
}

async function addTenant(
  { store, client }: Filling,
  { name, webhooks }: { name: string; webhooks: number },
): Promise<Target> {
  const appId = `appId_${randomUUID()}`;
  await store.createApplication({ appId, appName: name, orgId: null, actor: ACTOR });
  const tenant = (await store.findTenant({ appId, appEnv: "DEVELOPMENT" }))?.tenant ?? 0;
  const webhookIds: WebhookId[] = [];
  for (let number = 1; number <= webhooks; number++) {
    const url = `http://127.0.0.1:9/endpoint-${number}`;
    // Nothing of its history may be due when a server starts: it is for looking at.
    const settings = { ...DEFAULT_SETTINGS, url, description: `Endpoint ${number}`, retrySchedule: [] };
    const made = await store.createWebhook({
      tenant,
      settings,
      secret: formatSecret(systemRandom.bytes(32)),
      actor: ACTOR,
    });
    if (made.kind !== "created") throw new Error("the environment has its 100 webhooks already");
    webhookIds.push(made.webhook.id);
  }
  const { rows } = await client.query<{ no: number }>("select no from webhooks where tenant = $1 order by no", [
    tenant,
  ]);
  await client.query("insert into filled values ($1)", [tenant]);
  return { tenant, webhookIds, webhookNos: rows.map(({ no }) => no) };
}
