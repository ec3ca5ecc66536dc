/**
 * A run in which processes on one database are killed again and again under load: two that answer calls and three that
 * deliver, one of each every few seconds. What must hold in the end is checked, and what it cost is counted.
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { createLogger } from "../../../src/log.ts";
import { systemClock } from "../../../src/clock.ts";
import { deriveKeys } from "../../../src/master_key.ts";
import { systemRandom } from "../../../src/random.ts";
import { PostgresStore } from "../../../src/store/postgres/postgres_store.ts";
import type { ApiClient } from "./api_client.ts";
import { ApiClient as Client } from "./api_client.ts";
import { CLUSTER_MASTER_KEY, Cluster } from "./cluster.ts";
import { Receiver } from "./receiver.ts";
import type { ServerProcess } from "./server_process.ts";
import { until } from "./until.ts";

const APIS = 2;
const WORKERS = 3;
const TENANTS = 3;
const PUBLISHERS = 12;
/** So many publishes a second by each publisher, at most: the machine is to be busy, and not to drown. */
const PAUSE_MS = 10;
/** A receiver refuses every so many-th request once. */
const REFUSED_EVERY = 50;

/** What came of a run. `abandoned`: attempts whose worker died; `repeated`: requests beyond one for each delivered event. */
export type KillResult = { acknowledged: number; kills: number; abandoned: number; repeated: number; refused: number };

type Place = { base: string; tenant: ApiClient; platformKey: string };

/** Runs it for so long. Throws where something was lost, is left over or does not agree. */
export async function killRun(options: { forMs: number; everyMs: number }): Promise<KillResult> {
  const cluster = await Cluster.start();
  const receiver = new Receiver();
  await receiver.start();
  try {
    return await new KillRun(cluster, receiver).run(options);
  } finally {
    await cluster.remove();
    await receiver.stop();
  }
}

class KillRun {
  readonly #cluster: Cluster;
  readonly #receiver: Receiver;
  readonly #acknowledged = new Map<string, string>();
  #refused = 0;
  #isOver = false;

  constructor(cluster: Cluster, receiver: Receiver) {
    this.#cluster = cluster;
    this.#receiver = receiver;
  }

  async run({ forMs, everyMs }: { forMs: number; everyMs: number }): Promise<KillResult> {
    const settings = { RETRY_SCHEDULE: "1s,1s,2s,2s,5s" };
    const start = (role: "api" | "worker", count: number): Promise<ServerProcess[]> =>
      Promise.all(Array.from({ length: count }, () => this.#cluster.startOne(role, settings)));
    const [apis, workers] = await Promise.all([start("api", APIS), start("worker", WORKERS)]);
    const places = await this.#makePlaces(apis[0]);
    this.#refuseSome();
    const publishers = Array.from({ length: PUBLISHERS }, (_, n) => this.#publish(n, { apis, places }));
    const killers = [new Killer(apis), new Killer(workers)];
    for (const endsAt = Date.now() + forMs; Date.now() < endsAt;) {
      await pause(everyMs);
      for (const killer of killers) killer.killOne();
    }
    const kills = (await Promise.all(killers.map((killer) => killer.end()))).reduce((sum, count) => sum + count, 0);
    await pause(everyMs);
    this.#isOver = true;
    await Promise.all(publishers);
    for (const { tenant, base } of places) await untilSettled(tenant, base);
    const { abandoned, events } = await this.#check(places);
    const repeated = this.#receiver.received.length - this.#refused - events;
    assert.ok(repeated <= abandoned, `${repeated} requests were repeated, but ${abandoned} attempts abandoned`);
    return { acknowledged: this.#acknowledged.size, kills, abandoned, repeated, refused: this.#refused };
  }

  /** Application environments with a webhook each, and one with two. */
  async #makePlaces(api: ServerProcess | undefined): Promise<Place[]> {
    assert.ok(api);
    const operator = new Client({ url: api.url });
    const places: Place[] = [];
    for (let n = 0; n < TENANTS; n++) {
      const { base, tenant } = await operator.newTenant();
      const { json } = await operator.must(201, "POST", "/v4/api-keys", { name: `publisher ${n}` });
      for (let hook = 0; hook <= (n === 0 ? 1 : 0); hook++) {
        await tenant.must(201, "POST", `${base}/webhooks`, { url: `${this.#receiver.url}/${n}/${hook}` });
      }
      places.push({ base, tenant, platformKey: String(json["apiKey"]) });
    }
    return places;
  }

  #refuseSome(): void {
    let count = 0;
    this.#receiver.behave = (_received, response) => {
      count += 1;
      if (count % REFUSED_EVERY === 0) this.#refused += 1;
      response.writeHead(count % REFUSED_EVERY === 0 ? 500 : 200).end();
    };
  }

  /** One publisher: each message with a key of its own, through whichever process answers, until it is acknowledged. */
  async #publish(
    n: number,
    { apis, places }: { apis: readonly ServerProcess[]; places: readonly Place[] },
  ): Promise<void> {
    for (let at = 0; !this.#isOver; at++) {
      const place = places[at % places.length];
      assert.ok(place);
      const signer = `signer-${n}-${at}`;
      const body = JSON.stringify({ topic: "SIGNER", action: "CREATED", content: { signerId: signer } });
      for (let tries = 0; !this.#acknowledged.has(signer) && !this.#isOver; tries++) {
        const api = apis[(n + at + tries) % apis.length];
        assert.ok(api);
        const client = new Client({ url: api.url, key: place.platformKey });
        const headers = { "idempotency-key": signer };
        const answer = await client.call("POST", `${place.base}/messages`, body, headers).catch(() => null);
        if (answer?.status === 201 || answer?.status === 200)
          this.#acknowledged.set(signer, String(answer.json["_id"]));
        else await pause(20); // it is dead or starting
      }
      await pause(PAUSE_MS);
    }
  }

  /** What was acknowledged has come, and rows, counters and history agree. */
  async #check(places: readonly Place[]): Promise<{ abandoned: number; events: number }> {
    const came = new Set(this.#receiver.received.map(({ headers }) => String(headers["webhook-id"]).slice(4, 26)));
    const lost = [...this.#acknowledged.values()].filter((id) => !came.has(id.slice(4)));
    assert.deepEqual(lost, [], "every acknowledged message was delivered");
    assert.ok(this.#acknowledged.size > 0, "something was acknowledged");
    const ids = new Set(this.#acknowledged.values());
    assert.equal(ids.size, this.#acknowledged.size, "each idempotency key made one message");
    let events = 0;
    for (const { tenant, base } of places) events += await total(tenant, `${base}/events?filter=PASSED&limit=1`);
    const store = new PostgresStore({
      url: this.#cluster.databaseUrl,
      random: systemRandom,
      secretKey: deriveKeys(Buffer.from(CLUSTER_MASTER_KEY, "base64")).storedSecret,
      log: createLogger("silent"),
      poolSize: 11,
      clock: null,
      timers: systemClock,
    });
    await store.open();
    try {
      assert.deepEqual(await store.counterDifferences(), []);
    } finally {
      await store.close();
    }
    const [row] = await this.#cluster.query<{ abandoned: string; gaps: string; leased: string }>(`
      select (select count(*) from attempts where failure_code = 'ABANDONED') as abandoned,
        (select count(*) from events e where e.attempt_count <> (
          select count(*) from attempts a where a.tenant = e.tenant and a.day = e.day and a.event_id = e.id)) as gaps,
        (select count(*) from events where lease_worker is not null) as leased`);
    assert.deepEqual([row?.gaps, row?.leased], ["0", "0"], "every attempt number has its row, and nothing is leased");
    return { abandoned: Number(row?.abandoned), events };
  }
}

/** Kills processes of one kind in turn, and starts them again; never the last one that runs. */
class Killer {
  readonly #running: ServerProcess[];
  readonly #restarts = new Set<Promise<void>>();
  #kills = 0;

  constructor(processes: readonly ServerProcess[]) {
    this.#running = [...processes];
  }

  killOne(): void {
    if (this.#running.length < 2) return;
    const one = this.#running.shift();
    assert.ok(one);
    this.#kills += 1;
    const restart = one.end("SIGKILL").then(async () => {
      await one.start();
      this.#running.push(one);
    });
    this.#restarts.add(restart);
  }

  /** When all run again: how many were killed. */
  async end(): Promise<number> {
    await Promise.all(this.#restarts);
    return this.#kills;
  }
}

async function untilSettled(tenant: ApiClient, base: string): Promise<void> {
  await until("every event has passed", async () => {
    const pending = await total(tenant, `${base}/events?filter=PENDING&limit=1`);
    const failed = await total(tenant, `${base}/events?filter=FAILED&limit=1`);
    return pending + failed === 0;
  });
}

async function total(tenant: ApiClient, path: string): Promise<number> {
  const { json } = await tenant.must(200, "GET", path);
  return (json["searchData"] as { total: number }).total;
}
