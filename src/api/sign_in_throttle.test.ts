import { test } from "node:test";
import assert from "node:assert/strict";
import {
  ADDRESSES_MAX,
  FIRST_WAIT_MS,
  FORGET_MS,
  FREE_FAILURES,
  SignInThrottle,
  WAIT_MS_MAX,
} from "./sign_in_throttle.ts";

function setup() {
  const clock = { nowMs: 1_000, monotonicMs: () => clock.nowMs };
  const throttle = new SignInThrottle({ clock });
  const fail = (times: number, ip = "192.0.2.1"): void => {
    for (let no = 0; no < times; no++) assert.equal(throttle.begin(ip), 0, `try ${no}`);
  };
  return { clock, throttle, fail };
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
  assert.equal(WAIT_MS_MAX, 300_000);
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
    throttle.succeeded("192.0.2.1");
  }
  fail(FREE_FAILURES);
  assert.ok(throttle.begin("192.0.2.1") > 0);
  throttle.succeeded("198.51.100.9");
});

test("tries that run at the same time count like tries one after another", () => {
  const { throttle, fail } = setup();
  fail(FREE_FAILURES); // none of them has ended yet
  assert.ok(throttle.begin("192.0.2.1") > 0);
  throttle.succeeded("192.0.2.1");
  fail(1);
  assert.ok(throttle.begin("192.0.2.1") > 0);
});

test("addresses of one IPv6 network count as one, and an IPv4 address in either spelling", () => {
  const { throttle, fail } = setup();
  fail(FREE_FAILURES, "2001:db8:0:1::1");
  assert.ok(throttle.begin("2001:db8::1:ffff:0:0:9") > 0);
  assert.equal(throttle.begin("2001:db8:0:2::1"), 0);
  fail(FREE_FAILURES, "::ffff:192.0.2.1");
  assert.ok(throttle.begin("192.0.2.1") > 0);
  assert.equal(throttle.begin("::ffff:192.0.2.2"), 0);
});

test("so many addresses are remembered, and beyond it the oldest is forgotten", () => {
  const { throttle, fail } = setup();
  fail(FREE_FAILURES);
  for (let no = 1; no < ADDRESSES_MAX; no++) fail(1, `198.51.${no >> 8}.${no & 255}`);
  assert.ok(throttle.begin("192.0.2.1") > 0);
  fail(1, "203.0.113.1");
  assert.equal(throttle.begin("192.0.2.1"), 0);
});
