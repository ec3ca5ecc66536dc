/** Ten million events in the history: rate, lists, counts, claims, while retention removes the oldest; next to an empty store. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ApiClient } from "../../test/e2e/support/api_client.ts";
import { Figures } from "../measure/figures.ts";
import { latencyOf } from "../measure/quantiles.ts";
import type { ServerSubject } from "../subjects/server.ts";
import { startServer } from "../subjects/server.ts";
import type { Scenario } from "./scenario.ts";
import { addMeasured } from "./scenario.ts";

const LOAD = { connections: 64, perSecond: null, batch: null };
const FOLDER = join(import.meta.dirname, "../../data/bench");
const DAYS = 25;
/** Shorter than the history, so that there is something to remove all the while. */
const RETENTION = "20d";
const CALLS = 50;

/** On SQLite. The history is made once and kept in `data/bench`; each run works on a copy. */
export const history: Scenario = {
  name: "history",
  about:
    "publish to delivery, lists and counts with ten million events in the history, which retention shortens, on SQLite",
  isLarge: true,
  run: async (world) => {
    const { rounds, durationMs, historyEvents } = world.options;
    const { receiverPort } = world;
    const figures = new Figures();
    const subjects: ServerSubject[] = [];
    try {
      subjects.push(await startServer({ name: "empty store", receiverPort }));
      const databaseFile = await historyFile(historyEvents);
      const env = { RETENTION };
      const large = await startServer({ name: `${historyEvents} events`, receiverPort, databaseFile, env });
      subjects.push(large);
      for (const subject of subjects) await world.warmUp(subject, LOAD);
      for (let round = 0; round < rounds; round++) {
        for (const subject of subjects) {
          addMeasured(figures, subject, await world.measure(subject, { ...LOAD, durationMs }));
        }
        await measureReads(figures, large);
      }
    } finally {
      for (const subject of subjects) await subject.stop();
    }
    return figures.take({ reference: "empty store", names: ["published", "delivered", "CPU", "delivery p99"] });
  },
};

/** A copy that may be changed. */
async function historyFile(events: number): Promise<string> {
  const kept = join(FOLDER, `history-${events}.db`);
  if (!existsSync(kept)) await makeHistory(kept, events);
  const copy = join(FOLDER, "history.db");
  for (const suffix of ["", "-wal", "-shm"]) rmSync(copy + suffix, { force: true });
  for (const suffix of ["", ".master-key"]) copyFileSync(kept + suffix, copy + suffix);
  return copy;
}

async function makeHistory(path: string, events: number): Promise<void> {
  mkdirSync(dirname(path), { recursive: true });
  const unfinished = `${path}.unfinished`;
  const args = [`--events=${events}`, `--database=${unfinished}`, `--days=${DAYS}`];
  const child = spawn(process.execPath, [join(import.meta.dirname, "../fill.ts"), ...args], { stdio: "inherit" });
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`the history was not made: fill ended with ${code}`);
  renameSync(`${unfinished}.master-key`, `${path}.master-key`);
  renameSync(unfinished, path);
}

/** What the console and integrations ask for, of the application that the history belongs to. */
async function measureReads(figures: Figures, { name, operator }: ServerSubject): Promise<void> {
  const { base, webhookId, eventId, deepCursor } = await filledApplication(operator);
  const reads = {
    "first page": `${base}/events?limit=50`,
    "page 100": `${base}/events?limit=50&page=100`,
    "page after a deep cursor": `${base}/events?limit=50&cursor=${deepCursor}`,
    "failed ones": `${base}/events?limit=50&filter=FAILED`,
    "one webhook's": `${base}/events?limit=50&webhookId=${webhookId}`,
    "by status code": `${base}/events?limit=50&code=503`,
    "by search": `${base}/events?limit=50&search=signer-42`,
    "an event with its attempts": `${base}/events/${eventId}`,
    messages: `${base}/messages?limit=50`,
    "statistics of a day": `/v4/webhooks/${webhookId}/stats`,
  };
  for (const [what, path] of Object.entries(reads)) {
    const timesUs: number[] = [];
    for (let call = 0; call < CALLS; call++) {
      const startedAt = performance.now();
      await operator.must(200, "GET", path);
      timesUs.push((performance.now() - startedAt) * 1_000);
    }
    figures.add(name, `${what}, p95`, "ms", latencyOf(timesUs).p95);
  }
}

type Filled = { base: string; webhookId: string; eventId: string; deepCursor: string };

async function filledApplication(operator: ApiClient): Promise<Filled> {
  const applications = await operator.must(200, "GET", "/v4/applications?limit=100");
  for (const { appId } of applications.json["items"] as { appId: string }[]) {
    const base = `/v4/applications/${appId}/envs/DEVELOPMENT`;
    const list = await operator.must(200, "GET", `${base}/events?limit=100&page=100`);
    const { events, nextCursor } = list.json as {
      events: { _id: string; webhookId: string }[];
      nextCursor: string | null;
    };
    const [event] = events;
    if (event === undefined || nextCursor === null) continue;
    return { base, webhookId: event.webhookId, eventId: event._id, deepCursor: nextCursor };
  }
  throw new Error("no application has a history");
}
