import { test } from "node:test";
import assert from "node:assert/strict";
import type { Flow } from "./flow_limits.ts";
import { FLOW_LIMITS, FlowLimits, TENANTS_MAX } from "./flow_limits.ts";

function setup() {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
  const limits = new FlowLimits({ clock });
  const use = (flow: Flow, times: number, tenant: number | null = 1): void => {
    for (let no = 0; no < times; no++) limits.count(flow, tenant);
  };
  return { clock, limits, use };
}

for (const [name, { code, burst, perSecond }] of Object.entries(FLOW_LIMITS)) {
  const flow = name as Flow; // a key of the table
  test(`the flow ${flow} is refused after its burst, by its own code, and has one more as time goes by`, () => {
    const { clock, limits, use } = setup();
    use(flow, burst);
    assert.throws(() => limits.count(flow, 1), {
      code,
      retryAfterS: 1,
      context: { burst, perSecond, retryAfterSeconds: 1 },
    });
    clock.nowMs += 1_000 / perSecond - 1;
    assert.throws(() => limits.count(flow, 1), { code });
    clock.nowMs += 1;
    use(flow, 1);
    assert.throws(() => limits.count(flow, 1), { code });
  });
}

test("tenants, the operator and flows have buckets of their own", () => {
  const { limits, use } = setup();
  use("test", FLOW_LIMITS.test.burst);
  assert.throws(() => limits.count("test", 1));
  use("test", FLOW_LIMITS.test.burst, 2);
  use("test", FLOW_LIMITS.test.burst, null);
  use("resend", 1);
});

test("a bucket fills up to its burst, and not beyond", () => {
  const { clock, limits, use } = setup();
  use("test", FLOW_LIMITS.test.burst);
  clock.nowMs += 86_400_000;
  use("test", FLOW_LIMITS.test.burst);
  assert.throws(() => limits.count("test", 1));
});

test("so many tenants are remembered, and beyond it the one that was counted longest ago is forgotten", () => {
  const { limits, use } = setup();
  use("test", FLOW_LIMITS.test.burst, 1);
  for (let tenant = 2; tenant <= TENANTS_MAX; tenant++) use("test", 1, tenant);
  assert.throws(() => limits.count("test", 1));
  for (let tenant = 2; tenant <= TENANTS_MAX; tenant++) use("test", 1, tenant);
  assert.throws(() => limits.count("test", 1));
  use("test", 1, TENANTS_MAX + 1);
  for (let tenant = 3; tenant <= TENANTS_MAX + 2; tenant++) use("test", 1, tenant);
  use("test", 1, 1);
});
