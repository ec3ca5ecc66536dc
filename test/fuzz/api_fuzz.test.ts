/** A short run of the fuzzer, with a seed of its own each time; `npm run fuzz` does long ones. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { eventually, startApiServer, startReceiver } from "../e2e/support/api_server.ts";
import { Fuzzing } from "./fuzzing.ts";

const REQUESTS = 1_500;

const { url, reference } = await startApiServer({ TRUST_PROXY: "true" });
const receiver = await startReceiver();
const seed = Math.floor(Math.random() * 2 ** 31);

test("no request makes the server fail, or answer what it does not document", async (t) => {
  const again = `npm run fuzz -- --seed=${seed} --requests=${REQUESTS}`;
  t.diagnostic(again);
  const fuzzing = new Fuzzing({ url, receiver, reference });
  const { findings, succeeded, refused } = await fuzzing.run({ seed, requests: REQUESTS });
  assert.deepEqual(findings, [], again);
  assert.deepEqual(Object.keys(Object.prototype), [], `${again}: a prototype is polluted`);
  // Who is refused at the door only does not get to see the house.
  const reached = fuzzing.operations.filter(({ id }) => succeeded.has(id) && refused.has(id));
  assert.ok(reached.length > fuzzing.operations.length * 0.9, `${again}: only ${reached.length} calls did both`);
  await eventually(
    async () => (await fetch(`${url}/readyz`)).status,
    (status) => status === 200,
  );
});
