import { test } from "node:test";
import assert from "node:assert/strict";
import { maskEchoes } from "./echoes.ts";

const VALUE = "Bearer $ecret-of-the-receiver";
const HEADERS = [["x-key", VALUE]] as const;

function masked(body: string) {
  const answer = { statusText: `No ${VALUE}`, headers: [["x-echo", `<${VALUE}>`] as const], body };
  return maskEchoes(answer, HEADERS);
}

test("the value of a custom header is masked wherever a receiver says it back, and nothing else changes", () => {
  const { statusText, headers, body } = masked(`\xff${VALUE}\0${VALUE}!`);
  assert.deepEqual([statusText, headers, body], ["No ***", [["x-echo", "<***>"]], "\xff***\0***!"]);
});

test("a value is masked in the name of a header, too", () => {
  const answer = { statusText: "", headers: [["x-abc-defgh", "1"] as const], body: "" };
  assert.deepEqual(maskEchoes(answer, [["x-key", "abc-defgh"]]).headers, [["x-***", "1"]]);
});

test("of a value that is part of another one nothing is left either, in whatever order they stand", () => {
  const pair = [
    ["x-key", "abcdefgh"],
    ["authorization", "Bearer abcdefgh-and-more"],
  ] as const;
  for (const headers of [pair, [pair[1], pair[0]]]) {
    const { body } = maskEchoes(
      { statusText: "", headers: [], body: "got Bearer abcdefgh-and-more, abcdefgh" },
      headers,
    );
    assert.equal(body, "got ***, ***");
  }
});

test("a value that the end of the body cuts off is masked, as long as enough of it is left to be one", () => {
  for (let chars = 8; chars <= VALUE.length; chars++) {
    assert.equal(masked(`x=${VALUE.slice(0, chars)}`).body, "x=***", String(chars));
  }
  assert.equal(masked(`x=${VALUE.slice(0, 7)}`).body, "x=Bearer ");
});

test("an answer without such a value is the very same, and short values are not looked for", () => {
  const answer = { statusText: "OK", headers: [], body: "true, and 1234567" };
  assert.equal(maskEchoes(answer, []), answer);
  assert.equal(
    maskEchoes(answer, [
      ["x", "1234567"],
      ["y", "true"],
    ]),
    answer,
  );
  assert.equal(maskEchoes(answer, HEADERS).body, answer.body);
});
