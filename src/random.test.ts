import { ok, equal } from "node:assert/strict";
import { test } from "node:test";
import { systemRandom } from "./random.ts";

test("fractions lie evenly between 0 and 1, also after the bytes fetched together are used up", () => {
  const fractions = Array.from({ length: 10_000 }, () => systemRandom.fraction());
  ok(fractions.every((fraction) => fraction >= 0 && fraction < 1));
  const low = fractions.filter((fraction) => fraction < 0.5).length;
  ok(low > 4_500 && low < 5_500, `${low} of 10,000 were below one half`); // ten standard deviations
  ok(new Set(fractions).size > 9_900);
});

test("bytes are as many as asked for", () => {
  for (const count of [0, 1, 16, 10_000]) equal(systemRandom.bytes(count).length, count);
});
