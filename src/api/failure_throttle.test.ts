import { test } from "node:test";
import assert from "node:assert/strict";
import { clientOf, FailureThrottle, FORGET_MS, NAMES_MAX } from "./failure_throttle.ts";

const FREE_FAILURES = 5;
const FIRST_WAIT_MS = 5_000;

function setup() {
  const clock = { nowMs: 1_000, monotonicMs: () => clock.nowMs };
  const patience = { freeFailures: FREE_FAILURES, firstWaitMs: FIRST_WAIT_MS, waitMsMax: 300_000 };
  const waiting: string[] = [];
  const throttle = new FailureThrottle({ clock, patience, onWait: (name) => waiting.push(name) });
  const fail = (times: number, name = "192.0.2.1"): void => {
    for (let no = 0; no < times; no++) assert.equal(throttle.begin(name), 0, `try ${no}`);
  };
  return { clock, throttle, waiting, fail };
}

test("the failures that are free need no wait, and the next try waits", () => {
  const { throttle, fail } = setup();
  fail(FREE_FAILURES);
  assert.equal(throttle.begin("192.0.2.1"), FIRST_WAIT_MS);
  assert.equal(throttle.begin("192.0.2.2"), 0);
});

test("each failure after a wait doubles the next one, up to the longest", () => {
  const { clock, throttle, fail } = setup();
  fail(FREE_FAILURES);
  const waits: number[] = [];
  for (let no = 0; no < 9; no++) {
    const waitMs = throttle.begin("192.0.2.1");
    waits.push(waitMs / 1000);
    clock.nowMs += waitMs - 1;
    assert.equal(throttle.begin("192.0.2.1"), 1);
    clock.nowMs += 1;
    fail(1);
  }
  assert.deepEqual(waits, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
});

test("failures are forgotten some time after the last one", () => {
  const { clock, throttle, fail } = setup();
  fail(FREE_FAILURES - 1);
  clock.nowMs += FORGET_MS - 1;
  fail(1);
  assert.ok(throttle.begin("192.0.2.1") > 0);
  clock.nowMs += FORGET_MS;
  fail(FREE_FAILURES);
  assert.ok(throttle.begin("192.0.2.1") > 0);
});

test("a success takes back its own try, and no failure before", () => {
  const { throttle, fail } = setup();
  for (let no = 0; no < 20; no++) {
    fail(1);
    throttle.takeBack("192.0.2.1");
  }
  fail(FREE_FAILURES);
  assert.ok(throttle.begin("192.0.2.1") > 0);
  throttle.takeBack("198.51.100.9");
});

test("tries that run at the same time count like tries one after another", () => {
  const { throttle, fail } = setup();
  fail(FREE_FAILURES); // none of them has ended yet
  assert.ok(throttle.begin("192.0.2.1") > 0);
  throttle.takeBack("192.0.2.1");
  fail(1);
  assert.ok(throttle.begin("192.0.2.1") > 0);
});

test("a success between two failures shortens no wait", () => {
  const { clock, throttle, fail } = setup();
  fail(FREE_FAILURES);
  clock.nowMs += FIRST_WAIT_MS;
  fail(1);
  clock.nowMs += 2 * FIRST_WAIT_MS;
  fail(1);
  throttle.takeBack("192.0.2.1");
  assert.equal(throttle.begin("192.0.2.1"), 2 * FIRST_WAIT_MS);
});

test("whoever is to wait is told of once", () => {
  const { clock, waiting, fail } = setup();
  fail(FREE_FAILURES - 1);
  assert.deepEqual(waiting, []);
  fail(1);
  clock.nowMs += FIRST_WAIT_MS;
  fail(1);
  assert.deepEqual(waiting, ["192.0.2.1"]);
});

test("addresses of one IPv6 network are one client, and an IPv4 address in either spelling", () => {
  const clients = (ips: string[]): number => new Set(ips.map(clientOf)).size;
  assert.equal(clients(["2001:db8:0:1::1", "2001:db8::1:ffff:0:0:9"]), 1);
  assert.equal(clients(["2001:db8:0:1::1", "2001:db8:0:2::1"]), 2);
  assert.equal(clients(["::ffff:192.0.2.1", "192.0.2.1"]), 1);
  assert.equal(clients(["::ffff:192.0.2.1", "::ffff:192.0.2.2"]), 2);
});

test("so many names are remembered, and beyond it the oldest is forgotten", () => {
  const { throttle, fail } = setup();
  fail(FREE_FAILURES);
  for (let no = 1; no < NAMES_MAX; no++) fail(1, `198.51.${no >> 8}.${no & 255}`);
  assert.ok(throttle.begin("192.0.2.1") > 0);
  fail(1, "203.0.113.1");
  assert.equal(throttle.begin("192.0.2.1"), 0);
});
