/**
 * Bad receivers of every kind beside a healthy one, on the real server: `npm run hostile -- --seconds=20 --only=floods`. Tells
 * how long their attempts took, what the healthy one's latency became, and how much memory grew; fails beyond the bounds.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { PlacedReceiver } from "../test/egress/bad_world.ts";
import { startBadWorld } from "../test/egress/bad_world.ts";
import { ApiClient } from "../test/e2e/support/api_client.ts";
import { Receiver } from "../test/e2e/support/receiver.ts";
import { freePort, ServerProcess } from "../test/e2e/support/server_process.ts";

const DEADLINE_MS = 5_000;
/** The bounds: an attempt may outlast its deadline by so much, p95 may grow by this factor, memory by so many MiB. */
const OVERTIME_MS_MAX = 1_000;
const P95_FACTOR_MAX = 2;
const GROWTH_MIB_MAX = 100;
/** So many attempts of each bad receiver are looked at. */
const LOOKED_AT = 10;

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    perSecond: { type: "string", default: "5" },
    receivers: { type: "string", default: "25" },
    only: { type: "string", default: "" },
  },
});
const [seconds, perSecond] = [Number(values.seconds), Number(values.perSecond)];

const world = await startBadWorld();
const healthy = new Receiver();
const server = new ServerProcess({
  port: await freePort(),
  entry: join(import.meta.dirname, "../test/e2e/support/server_entry.ts"),
  env: {
    DELIVERY_TIMEOUT: `${DEADLINE_MS}ms`,
    TEST_NAME_SERVERS: world.nameServer,
    EGRESS_CA_FILE: "ca.pem",
    LOG_LEVEL: "fatal",
  },
});
writeFileSync(join(server.folder, "ca.pem"), world.caPem);
await Promise.all([healthy.start(), server.start()]);
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  await server.remove();
  await Promise.all([healthy.stop(), world.close()]);
}

/** Whether all bounds were kept. */
async function run(): Promise<boolean> {
  const { base, tenant, platform } = await new ApiClient({ url: server.url }).newTenant();
  await tenant.must(201, "POST", `${base}/webhooks`, { url: healthy.url });
  const publish = (n: number) =>
    platform.must(201, "POST", `${base}/messages`, {
      topic: "SIGNER",
      action: "CREATED",
      content: { signerId: `s${n}` },
    });
  await measure(publish, 3); // warms up
  const alone = await measure(publish, seconds);
  const beforeMib = rssMib();
  const placed = new Map<string, PlacedReceiver>();
  for (const receiver of chosen()) {
    const { json } = await tenant.must(201, "POST", `${base}/webhooks`, { url: receiver.url });
    placed.set(String(json["_id"]), receiver);
  }
  const memory: number[] = [];
  const sampling = setInterval(() => memory.push(rssMib()), 200);
  const beside = await measure(publish, seconds);
  await pause(DEADLINE_MS + OVERTIME_MS_MAX); // the last attempts end
  clearInterval(sampling);
  const growthMib = Math.max(...memory) - beforeMib;
  const { attempts, wrong, slowestMs } = await verdicts(tenant, placed);
  const factor = beside.p95 / alone.p95;
  console.log(
    `${placed.size} bad receivers, ${perSecond} messages a second for ${seconds} s, deadline ${DEADLINE_MS} ms`,
  );
  console.log(
    `verdicts: ${attempts} attempts looked at, ${wrong.length} with another one; the slowest took ${slowestMs} ms`,
  );
  for (const line of wrong) console.log(`  ${line}`);
  console.log(`healthy, alone: ${alone.text}`);
  console.log(`healthy, beside them: ${beside.text}; p95 ${factor.toFixed(2)} times`);
  console.log(`memory, MiB: ${beforeMib} before, ${Math.max(...memory)} at most, ${growthMib} more`);
  return (
    wrong.length === 0 &&
    slowestMs <= DEADLINE_MS + OVERTIME_MS_MAX &&
    factor <= P95_FACTOR_MAX &&
    growthMib <= GROWTH_MIB_MAX
  );
}

/** So many of those whose description fits, spread evenly over the list, so that there are some of each family. */
function chosen(): PlacedReceiver[] {
  const fitting = world.receivers.filter(({ what }) => new RegExp(values.only).test(what));
  const step = Math.max(1, fitting.length / Number(values.receivers));
  return fitting.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

/** Publishes at the rate, and resolves when the healthy one has everything: its times from publish to delivery. */
async function measure(
  publish: (n: number) => Promise<unknown>,
  forSeconds: number,
): Promise<{ p95: number; text: string }> {
  const publishedAt = new Map<string, number>();
  const latencies: number[] = [];
  const count = Math.round(forSeconds * perSecond);
  const { promise: allCame, resolve } = Promise.withResolvers<void>();
  healthy.behave = ({ body }, response) => {
    response.end();
    healthy.received.length = 0;
    const at = publishedAt.get(/"signerId":"([^"]+)"/.exec(body)?.[1] ?? "");
    if (at !== undefined && latencies.push(performance.now() - at) === count) resolve();
  };
  const startedAt = performance.now();
  const publishing: Promise<unknown>[] = [];
  for (let n = 0; n < count; n++) {
    await pause(Math.max(0, startedAt + (n * 1_000) / perSecond - performance.now()));
    publishedAt.set(`s${n}`, performance.now());
    publishing.push(publish(n));
  }
  await Promise.all([...publishing, allCame]);
  latencies.sort((one, other) => one - other);
  const quantile = (share: number): number => latencies[Math.floor(latencies.length * share)] ?? 0;
  const [p50, p95, p99] = [quantile(0.5), quantile(0.95), quantile(0.99)];
  return { p95, text: `p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms` };
}

/** The attempts of some events of each bad receiver: those with another verdict than theirs, and the longest. */
async function verdicts(
  tenant: ApiClient,
  placed: ReadonlyMap<string, PlacedReceiver>,
): Promise<{ attempts: number; wrong: string[]; slowestMs: number }> {
  const [wrong, durations]: [string[], number[]] = [[], []];
  for (const [webhookId, { what, code }] of placed) {
    const path = `/v4/webhooks/${webhookId}/events`;
    const listed = await tenant.must(200, "GET", `${path}?filter=${code === "200" ? "SUCCESS" : "FAILED"}&limit=100`);
    const settled = (listed.json["events"] as { _id: string; lastCode: string }[]).slice(-LOOKED_AT);
    if (settled.length === 0) wrong.push(`${what}: no event has ended as ${code}`);
    for (const { _id, lastCode } of settled) {
      if (lastCode !== code) wrong.push(`${what}: ${lastCode} in place of ${code}`);
      const { json } = await tenant.must(200, "GET", `${path}/${_id}`);
      for (const { durationMs } of json["attempts"] as { durationMs: number }[]) durations.push(durationMs);
    }
  }
  return { attempts: durations.length, wrong, slowestMs: Math.round(Math.max(...durations)) };
}

function rssMib(): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1];
  return Math.round(Number(kib ?? 0) / 1_024);
}
