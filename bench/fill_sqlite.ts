/** Fills a SQLite database with a history, through the store as the server does; it spreads over the days given. */
import type { Clock } from "../src/clock.ts";
import { systemClock } from "../src/clock.ts";
import { DEFAULT_SETTINGS } from "../src/domain/webhook.ts";
import { failure } from "../src/domain/failure.ts";
import { formatSecret } from "../src/domain/signature.ts";
import { prepareFirstStart, startText } from "../src/first_start.ts";
import { IdMinter } from "../src/ids.ts";
import { systemRandom } from "../src/random.ts";
import type { AttemptRecord, NewMessage, PublishedEvent, Settlement } from "../src/store/delivery.ts";
import type { Store } from "../src/store/store.ts";
import type { Actor } from "../src/store/tenancy.ts";
import { openBenchStore } from "./open_store.ts";
import { Progress } from "./progress.ts";

const DAY_MS = 86_400_000;
const ACTOR: Actor = { kind: "system", keyId: null, name: "fill", ip: null, requestId: null };
const WEBHOOKS = 4;
/** Messages published together. */
const BATCH = 200;
const ACTIONS = [
  ["SIGNATURE_REQUEST", "LAUNCHED"],
  ["SIGNATURE", "SIGNATURE_SUCCESS"],
  ["SIGNER", "CREATED"],
  ["SIGNATURE_PROOF", "GENERATED"],
] as const;

/** Walks from the first day to now, in step with what was written. */
class HistoryClock implements Clock {
  readonly #endMs = Date.now() - 60_000;
  readonly #days: number;
  #share = 0;

  constructor(days: number) {
    this.#days = days;
  }

  now(): number {
    return Math.floor(this.#endMs - (1 - this.#share) * this.#days * DAY_MS);
  }
  monotonicMs(): number {
    return systemClock.monotonicMs();
  }
  setTimer(run: () => void, delayMs: number): () => void {
    return systemClock.setTimer(run, delayMs);
  }
  moveTo(share: number): void {
    this.#share = share;
  }
}

/** Fills the database at `path`, which is made if it is missing, with so many events over so many days. */
export async function fillSqlite(path: string, { events, days }: { events: number; days: number }): Promise<void> {
  const clock = new HistoryClock(days);
  const store = await openBenchStore(path, { clock });
  try {
    const config = { adminApiKey: null, isDevelopment: true };
    const firstStart = await prepareFirstStart(store, { config, random: systemRandom });
    process.stdout.write(startText(firstStart, "http://127.0.0.1:4400"));
    await fill(store, clock, events);
  } finally {
    await store.close();
  }
}

async function fill(store: Store, clock: HistoryClock, events: number): Promise<void> {
  const [application] = (await store.listApplications({ limit: 1, page: 1, cursor: null })).items;
  const found = await store.findTenant({ appId: application?.appId ?? "", appEnv: "DEVELOPMENT" });
  if (found === null) throw new Error("the database has no application to fill");
  const { tenant } = found;
  const workerId = new IdMinter(systemRandom).mint("wrk", Date.now());
  await store.registerWorker({ workerId, role: "all", host: "fill", pid: process.pid });
  for (let number = 1; number <= WEBHOOKS; number++) await addWebhook(store, tenant, number);
  const progress = new Progress(events);
  let made = 0;
  for (let batch = 0; made < events; batch++) {
    const messages = Array.from({ length: BATCH }, (_, at) => message(batch * BATCH + at));
    const lease = { workerId, exceptWebhookIds: [] };
    const published = await store.publish({ tenant, messages, idempotency: null, lease, test: null });
    if (published.kind !== "created") throw new Error(`publishing was answered ${published.kind}`);
    const born = published.messages.flatMap((each) => each.events);
    const settlements = born.map((event, at) => settlement(tenant, event, { at, startedAt: clock.now() }));
    await store.settleAttempts({ workerId, settlements });
    await store.indexMessages(); // which the server does all the while
    made += born.length;
    clock.moveTo(Math.min(1, made / events));
    if (batch % 100 === 0) progress.report(made);
  }
  await store.removeWorker({ workerId });
  progress.report(made);
}

async function addWebhook(store: Store, tenant: number, number: number): Promise<void> {
  const secret = formatSecret(systemRandom.bytes(32));
  const url = `http://127.0.0.1:9/endpoint-${number}`;
  // Nothing of it may be due when the server starts: this history is for looking at.
  const settings = { ...DEFAULT_SETTINGS, url, description: `Endpoint ${number}`, retrySchedule: [] };
  const made = await store.createWebhook({ tenant, settings, secret, actor: ACTOR });
  if (made.kind !== "created") throw new Error("the environment has its 100 webhooks already");
}

function message(number: number): NewMessage {
  const [topic, action] = ACTIONS[number % ACTIONS.length] ?? ACTIONS[0];
  const content = JSON.stringify({ signatureRequestId: `sr-${number}`, signerId: `signer-${number % 1_000}` });
  const searchValues = [`sr-${number}`, `signer-${number % 1_000}`];
  return { topic, action, msgNature: "SUCCESS", content, error: null, searchValues, traceParent: null };
}

/** Nine of ten succeed. */
function settlement(
  tenant: number,
  event: PublishedEvent,
  { at, startedAt }: { at: number; startedAt: number },
): Settlement {
  const isSuccess = at % 10 !== 0;
  const code = isSuccess ? "200" : at % 20 === 0 ? "503" : "TIMEOUT_RESPONSE";
  const outcome = { status: isSuccess ? ("SUCCESS" as const) : ("FAILED" as const), retryInMs: null, code };
  const what = { tenant, eventId: event.id, webhookId: event.webhookId, attempt: 1 };
  const why = { trigger: "AUTO" as const, triggeredBy: null, isTest: false, countsAsFailing: false, disableAs: null };
  return { ...what, ...why, ...outcome, record: record(at, code, startedAt) };
}

function record(at: number, code: string, startedAt: number): AttemptRecord {
  const durationMs = 5 + (at % 97) * 3;
  const status = Number(code);
  const timings = { queuedMs: 1, dnsMs: 0.5, connectMs: 1, tlsMs: null, firstByteMs: durationMs - 2, bodyMs: 0.5 };
  const response = {
    status,
    statusText: status === 200 ? "OK" : "Service Unavailable",
    headers: "[]",
    isTruncated: false,
  };
  const body = { body: '{"ok":true}', bodyError: null };
  return {
    startedAt,
    durationMs,
    timings,
    address: "127.0.0.1",
    tls: null,
    url: "http://127.0.0.1:9/endpoint",
    requestHeaders: `[["content-type","application/json"]]`,
    response: Number.isNaN(status) ? null : { ...response, ...body },
    failure: code === "200" ? null : failure(Number.isNaN(status) ? "TIMEOUT_RESPONSE" : "UNEXPECTED_STATUS"),
  };
}
