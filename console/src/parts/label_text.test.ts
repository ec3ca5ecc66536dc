import assert from "node:assert/strict";
import { test } from "node:test";
import { hostOf, labelText } from "./label_text.ts";

test("a label loses controls and marks of direction, and nothing that can be seen", () => {
  assert.equal(labelText("https://a.example/\u202egpj.exe\u0000"), "https://a.example/gpj.exe");
  assert.equal(labelText("zero\u200bwidth\u2066 marks\u2069\ufeff"), "zerowidth marks");
  assert.equal(labelText("Éléonore 日本 👩‍🎨".normalize()), "Éléonore 日本 👩🎨");
});

test("the host of a URL is the one that is connected to", () => {
  assert.equal(hostOf("https://Bücher.example:8443/hook"), "xn--bcher-kva.example:8443");
  assert.equal(hostOf("no url"), "no url");
});
