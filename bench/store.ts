/**
 * The store by itself: one process publishes, is handed the events at the commit, and settles each as a success, as the
 * engine does, without HTTP. `npm run bench:store -- --database=postgres://…` (default: a PostgreSQL of its own, durable),
 * or a path for SQLite. It prints events a second, and the CPU time per event of this process and of the database.
 */
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { DEFAULT_SETTINGS } from "../src/domain/webhook.ts";
import { formatSecret } from "../src/domain/signature.ts";
import { IdMinter } from "../src/ids.ts";
import type { WebhookId, WorkerId } from "../src/ids.ts";
import { systemRandom } from "../src/random.ts";
import type { NewMessage, PublishedEvent, Settlement } from "../src/store/delivery.ts";
import type { Store } from "../src/store/store.ts";
import type { Actor } from "../src/store/tenancy.ts";
import { databaseCpu } from "./database_cpu.ts";
import { openBenchStore } from "./open_store.ts";
import { startBenchPostgres } from "./postgres_server.ts";

const ACTOR: Actor = { kind: "system", keyId: null, name: "bench", ip: null, requestId: null };
/** Outcomes that are settled together, as in the engine. */
const SETTLED_MAX = 500;
const CONTENT = JSON.stringify({ signatureRequestId: "sr-00000000", signerId: "signer-000", status: "x".repeat(150) });

const { values } = parseArgs({
  options: {
    database: { type: "string" },
    events: { type: "string", default: "100000" },
    tenants: { type: "string", default: "10" },
    webhooks: { type: "string", default: "1" },
    publishers: { type: "string", default: "256" },
    batch: { type: "string", default: "1" },
  },
});
const [events, tenants, webhooks] = [Number(values.events), Number(values.tenants), Number(values.webhooks)];
const [publishers, batch] = [Number(values.publishers), Number(values.batch)];

/** One batch at a time; what comes meanwhile goes into the next one. */
class Settler {
  readonly #workerId: WorkerId;
  #queue: Settlement[] = [];
  #writing: Promise<void> | null = null;

  constructor(workerId: WorkerId) {
    this.#workerId = workerId;
  }

  settle(tenant: number, event: PublishedEvent): void {
    if (!event.isLeased) throw new Error(`event ${event.id} was not handed over`);
    this.#queue.push(settlement(tenant, event));
    this.#writing ??= this.#writeAll();
  }

  async done(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve();
    while (this.#queue.length > 0) {
      const settlements = this.#queue.splice(0, SETTLED_MAX);
      const { late } = await store.settleAttempts({ workerId: this.#workerId, settlements });
      if (late.length > 0) throw new Error(`${late.length} leases were lost`);
    }
    this.#writing = null;
  }
}

const server = values.database === undefined ? await startBenchPostgres() : null;
const database = values.database ?? server?.url ?? "";
const store = await openBenchStore(database);
const readDatabaseCpu = database.startsWith("postgres") ? await databaseCpu(database) : null;
try {
  await run();
} finally {
  await store.close();
  await server?.stop();
}

async function run(): Promise<void> {
  const workerId = new IdMinter(systemRandom).mint("wrk", Date.now());
  await store.registerWorker({ workerId, role: "all", host: "bench", pid: process.pid });
  const numbers = await Promise.all(Array.from({ length: tenants }, () => addTenant(store)));
  await deliver(numbers, workerId, Math.min(5_000, events)); // warms up plans, connections and the compiler
  const before = { at: performance.now(), own: process.cpuUsage(), database: readDatabaseCpu?.() ?? 0 };
  await deliver(numbers, workerId, events);
  const seconds = (performance.now() - before.at) / 1_000;
  const { user, system } = process.cpuUsage(before.own);
  const perEvent = (us: number): string => `${(us / events).toFixed(1)} µs`;
  console.log(`${events} events: ${Math.round(events / seconds)} a second`);
  console.log(`CPU per event: this process ${perEvent(user + system)} (user ${perEvent(user)})`);
  if (readDatabaseCpu !== null) console.log(`CPU per event: database ${perEvent(readDatabaseCpu() - before.database)}`);
  await store.removeWorker({ workerId });
}

async function addTenant(into: Store): Promise<number> {
  const appId = `appId_${randomUUID()}`;
  await into.createApplication({ appId, appName: "Bench", orgId: null, actor: ACTOR });
  const tenant = (await into.findTenant({ appId, appEnv: "TEST" }))?.tenant ?? 0;
  for (let number = 0; number < webhooks; number++) {
    const settings = { ...DEFAULT_SETTINGS, url: `http://127.0.0.1:9/${number}` };
    const secret = formatSecret(systemRandom.bytes(32));
    await into.createWebhook({ tenant, settings, secret, actor: ACTOR });
  }
  return tenant;
}

/** Publishers take turns among the tenants; resolves when so many events are settled. */
async function deliver(numbers: readonly number[], workerId: WorkerId, count: number): Promise<void> {
  const settler = new Settler(workerId);
  let begun = 0;
  let calls = 0;
  await Promise.all(
    Array.from({ length: publishers }, async () => {
      while (begun < count) {
        begun += batch * webhooks;
        const tenant = numbers[calls++ % numbers.length] ?? 0;
        const messages = Array.from({ length: batch }, () => message(calls));
        const lease = { workerId, exceptWebhookIds: [] as WebhookId[] };
        const published = await store.publish({ tenant, messages, idempotency: null, lease, test: null });
        if (published.kind !== "created") throw new Error(`publishing was answered ${published.kind}`);
        for (const event of published.messages.flatMap((each) => each.events)) settler.settle(tenant, event);
      }
    }),
  );
  await settler.done();
}

function message(number: number): NewMessage {
  const searchValues = [`sr-${number}`, `signer-${number % 1_000}`];
  const named = { topic: "SIGNER", action: "CREATED", msgNature: "SUCCESS" } as const;
  return { ...named, content: CONTENT, error: null, searchValues, traceParent: null };
}

function settlement(tenant: number, event: PublishedEvent): Settlement {
  const durationMs = 5 + (event.id.charCodeAt(14) % 40);
  return {
    tenant,
    eventId: event.id,
    webhookId: event.webhookId,
    attempt: 1,
    trigger: "AUTO",
    triggeredBy: null,
    isTest: false,
    status: "SUCCESS",
    retryInMs: null,
    code: "200",
    countsAsFailing: false,
    disableAs: null,
    record: {
      startedAt: Date.now(),
      durationMs,
      timings: { queuedMs: 1.25, dnsMs: null, connectMs: null, tlsMs: null, firstByteMs: durationMs - 1, bodyMs: 0.25 },
      address: "127.0.0.1",
      tls: null,
      url: "http://127.0.0.1:9/0",
      requestHeaders: JSON.stringify([
        ["content-type", "application/json"],
        ["user-agent", "Ignisign-Webhooks/1"],
        ["webhook-id", event.id],
        ["webhook-timestamp", "1773144000"],
        ["webhook-signature", "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4="],
      ]),
      response: {
        status: 200,
        statusText: "OK",
        headers: `[["content-type","text/plain"]]`,
        body: "ok",
        isTruncated: false,
        bodyError: null,
      },
      failure: null,
    },
  };
}
