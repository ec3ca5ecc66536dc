import { test } from "node:test";
import assert from "node:assert/strict";
import { IdMinter } from "../ids.ts";
import { systemRandom } from "../random.ts";
import { Lane } from "./lane.ts";
import { Memory } from "./memory.ts";
import { Slots } from "./slots.ts";

const minter = new IdMinter(systemRandom);

function lane(tenant: number): Lane {
  const memory = new Memory({ eventsMax: 1_000, bytesMax: 1_000_000 });
  return new Lane({ tenant, webhookId: minter.mint("whk", 1), nowMs: 0, memory });
}

function proven(tenant: number): Lane {
  const one = lane(tenant);
  one.begin(0);
  one.end("success", 0);
  return one;
}

/** Takes slots, putting each lane back at the end of its line, until none is given or `limit` are. */
function takeMany(slots: Slots, limit: number): Lane[] {
  const taken: Lane[] = [];
  for (let next = slots.take(); next !== null && taken.length < limit; next = slots.take()) {
    taken.push(next);
    slots.enter(next, 0);
  }
  return taken;
}

test("tenants alternate, and each tenant's webhooks among themselves", () => {
  const slots = new Slots(100);
  const loud = [proven(1), proven(1), proven(1)];
  const quiet = proven(2);
  for (const one of [...loud, quiet]) slots.enter(one, 0);
  const taken = takeMany(slots, 12);
  assert.equal(taken.filter((one) => one === quiet).length, 6);
  for (const one of loud) assert.equal(taken.filter((other) => other === one).length, 2);
});

test("lanes without a recent success leave three tenths of the slots free", () => {
  const slots = new Slots(100);
  for (let tenant = 1; tenant <= 50; tenant++) slots.enter(lane(tenant), 0);
  assert.equal(takeMany(slots, 1_000).length, 70);
  const healthy = proven(99);
  slots.enter(healthy, 0);
  assert.equal(slots.take(), healthy);
});

test("a tenant holds at most a quarter of the slots while another waits, and all of them when alone", () => {
  const crowded = new Slots(100);
  const [loud, other] = [proven(1), proven(2)];
  crowded.enter(loud, 0);
  crowded.enter(other, 0);
  const taken = takeMany(crowded, 1_000);
  assert.equal(taken.filter((one) => one === loud).length, 25);
  assert.equal(taken.filter((one) => one === other).length, 25);
  const alone = new Slots(100);
  alone.enter(proven(1), 0);
  assert.equal(takeMany(alone, 1_000).length, 100);
});

test("a slot that is given back can be taken again", () => {
  const slots = new Slots(1);
  const one = proven(1);
  slots.enter(one, 0);
  assert.equal(slots.take(), one);
  slots.enter(one, 0);
  assert.equal(slots.take(), null);
  slots.free(1);
  assert.equal(slots.take(), one);
});
