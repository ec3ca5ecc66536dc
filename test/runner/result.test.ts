import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { inLanes } from "./result.ts";

test("every item is done once; a lane begins with its own queue and goes on with what is left of the others", async () => {
  const [heavy, light] = [["h1", "h2", "h3"].values(), ["l1"].values()];
  const begun: string[] = [];
  let atOnceMax = 0;
  let atOnce = 0;
  await inLanes(
    [
      [heavy, light],
      [light, heavy],
    ],
    async (item) => {
      begun.push(item);
      atOnceMax = Math.max(atOnceMax, ++atOnce);
      await turn();
      atOnce--;
    },
  );
  assert.deepEqual(begun, ["h1", "l1", "h2", "h3"]);
  assert.equal(atOnceMax, 2);
});
