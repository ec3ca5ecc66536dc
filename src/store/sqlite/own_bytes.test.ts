import assert from "node:assert/strict";
import { test } from "node:test";
import type { Call, WriteMethod } from "./methods.ts";
import { withOwnBytes } from "./own_bytes.ts";

test("small views into large memory get memory of their own before they cross to a thread", () => {
  const view = new Uint8Array(65_536).fill(7).subarray(100, 120);
  const settlements = [{ record: { response: { body: view } } }, { record: { response: null } }];
  const calls: Call<WriteMethod>[] = [
    { method: "settleAttempts", params: { workerId: "w", settlements } },
    { method: "publish", params: { idempotency: { key: "k", bodyHash: view } } },
  ];
  for (const call of calls) {
    const sent = structuredClone(withOwnBytes(call));
    assert.deepEqual(sent, structuredClone(call));
    const sizes: number[] = [];
    JSON.stringify(sent, (_, value: unknown) => {
      if (!(value instanceof Uint8Array)) return value;
      sizes.push(value.buffer.byteLength);
      return null;
    });
    assert.deepEqual(sizes, [20], call.method);
  }
});
