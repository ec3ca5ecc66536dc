import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "../../test/sim/seeded_random.ts";
import { VirtualClock } from "../../test/sim/virtual_clock.ts";
import { DEFAULT_LIVE_FEED_OPTIONS, LiveFeed } from "../engine/live_feed.ts";
import type { LiveItem } from "../engine/live_items.ts";
import { eventIdOf, IdMinter, messageIdOf } from "../ids.ts";
import { createLogger } from "../log.ts";
import { systemRandom } from "../random.ts";
import type { LiveStream } from "./live_stream.ts";
import { LiveTexts, openLiveStream } from "./live_stream.ts";

const TENANT = 7;
const minter = new IdMinter(systemRandom);

function item(): LiveItem {
  const id = eventIdOf(minter.mint("msg", 1), 1);
  const names = { appId: "appId_1", appEnv: "TEST", topic: "SIGNER", action: "CREATED", msgNature: "SUCCESS" } as const;
  const state = {
    status: "FAILED",
    attemptCount: 1,
    retriesUsed: 0,
    nextAttemptAt: null,
    lastCode: "503",
    lastDurationMs: 12,
  } as const;
  const content = { content: '{"a":1}', contentBytes: 7, error: null };
  const owner = { id, webhookId: minter.mint("whk", 1), messageId: messageIdOf(id), tenant: TENANT };
  const event = { ...owner, ...names, ...content, ...state, isTest: false, response: null, createdAt: 1, updatedAt: 2 };
  const attempt = { number: 1, trigger: "AUTO", startedAt: 1, durationMs: 2.5, status: 503, code: "503" } as const;
  return { kind: "attempt", event, attempt };
}

function setup(isAdmitted: () => Promise<boolean> = async () => true) {
  const clock = new VirtualClock();
  const live = new LiveFeed({ clock, random: new SeededRandom(1), options: DEFAULT_LIVE_FEED_OPTIONS });
  const open = (lastId: string | null = null): LiveStream => {
    const deps = { clock, log: createLogger("silent"), live, texts: new LiveTexts(), isAdmitted };
    const stream = openLiveStream(deps, { tenant: TENANT, wants: () => true, lastId });
    assert.ok(stream);
    return stream;
  };
  return { clock, live, open };
}

/** What was sent so far, from now on all of it as it comes. */
function read(stream: LiveStream): () => string {
  let text = "";
  stream.setEncoding("utf8").on("data", (part: string) => (text += part));
  return () => text;
}

test("a stream says where it is, shows items, and gives a sign of life every 15 seconds with the place it is at", async () => {
  const { clock, live, open } = setup();
  const text = read(open());
  await clock.advance(1);
  assert.match(text(), /^retry: 2000\n\nevent: ready\nid: [0-9a-f]{12}-0-\d+\ndata: \{"at":"[^"]+"\}\n\n$/);
  live.add(TENANT, [item()]);
  await clock.advance(1);
  assert.match(text(), /\n\nevent: attempt\nid: [0-9a-f]{12}-1-\d+\ndata: \{"event":\{"_id":"evt_/);
  assert.match(
    text(),
    /"content":\{"a":1\},.*"attempt":\{"number":1,"trigger":"AUTO",.*"status":503,"code":"503"\}\}\n\n$/,
  );
  const before = text();
  await clock.advance(14_000);
  assert.equal(text(), before);
  await clock.advance(1_500);
  assert.match(text().slice(before.length), /^: still here\nid: [0-9a-f]{12}-1-\d+\n\n$/);
  await clock.advance(60_000);
  assert.equal(text().split(": still here").length - 1, 5);
});

test("an id that cannot be resumed is answered with the gap before anything else", async () => {
  const { clock, open } = setup();
  const text = read(open("ffffffffffff-3-1767571200000"));
  await clock.advance(1);
  assert.match(
    text(),
    /^retry: 2000\n\nevent: gap\nid: [^\n]+\ndata: \{"from":"2026-01-05T00:00:00.000Z"\}\n\nevent: ready\n/,
  );
  const unknown = read(open("nonsense"));
  await clock.advance(1);
  assert.match(unknown(), /event: gap\nid: [^\n]+\ndata: \{"from":null\}\n/);
});

for (const [how, isAdmitted] of [
  ["is shut out", async () => false],
  ["cannot be told from one who is", () => Promise.reject(new Error("the store is gone"))],
] as const) {
  test(`a stream ends within a second when its caller ${how}`, async () => {
    let check: () => Promise<boolean> = async () => true;
    const { clock, live, open } = setup(() => check());
    const stream = open();
    const text = read(stream);
    await clock.advance(10_000);
    assert.equal(stream.closed, false);
    check = isAdmitted;
    await clock.advance(1_000);
    assert.equal(stream.closed, true);
    live.add(TENANT, [item()]);
    await clock.advance(1_000);
    assert.ok(!text().includes("event: attempt"));
  });
}

test("a stream that nobody reads is closed half a second after it was ended, and its place in the feed is free", async () => {
  const { clock, live, open } = setup();
  const streams = Array.from({ length: 20 }, () => open());
  const [stalled] = streams;
  assert.ok(stalled);
  for (let count = 0; count < 500; count++) live.add(TENANT, [item()]);
  await clock.advance(1_000);
  const ended = stalled.end();
  assert.equal(stalled.closed, false);
  await clock.advance(500);
  await ended;
  await stalled.end();
  const text = read(open());
  await clock.advance(1);
  assert.match(text(), /event: ready/);
});

test("who reads nothing for a minute though there is something gives up its place, and an idle reader does not", async () => {
  const { clock, live, open } = setup();
  const [stalled, reading] = [open(), open()];
  const [ofStalled, text] = [read(stalled), read(reading)];
  await clock.advance(600_000);
  stalled.pause();
  for (let count = 0; count < 500; count++) live.add(TENANT, [item()]);
  await clock.advance(59_000);
  assert.equal(stalled.closed, false);
  await clock.advance(2_000);
  assert.deepEqual([stalled.closed, reading.closed], [true, false]);
  assert.ok(!ofStalled().includes("event: attempt"));
  assert.equal(text().split("event: attempt").length - 1, 500);
  await clock.advance(600_000);
  assert.equal(reading.closed, false);
});

test("who reads late is told first how many items were lost, then shown the rest", async () => {
  const { clock, live, open } = setup();
  const stream = open();
  await clock.advance(1);
  for (let count = 0; count < 2_500; count++) live.add(TENANT, [item()]);
  const text = read(stream);
  await clock.advance(1);
  const [, dropped] = /event: dropped\ndata: \{"count":(\d+)\}\n/.exec(text()) ?? [];
  const shown = text().split("event: attempt\n").length - 1;
  assert.ok(Number(dropped) > 0);
  assert.equal(Number(dropped) + shown, 2_500);
  assert.equal(text().split("event: dropped").length, 2);
});
